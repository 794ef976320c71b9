import { criticalPath, groupSiblings } from '@distrace/zipkin';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { LoadedTrace } from '../../data/load-trace.js';
import { collapseAll, collapseOneLevel, expandOneLevel } from '../../model/collapse.js';
import { parseDuration } from '../../model/duration-text.js';
import { nextRow } from '../../model/next-row.js';
import { createSearchIndex, findRows, rankOf } from '../../model/search.js';
import { ancestorsOf, buildModel } from '../../model/trace-model.js';
import { readViewState, writeViewState } from '../../model/view-state.js';
import type { ViewState } from '../../model/view-state.js';
import { groupKeyOf, lineAt, visibleLines } from '../../model/visible-rows.js';
import type { Line } from '../../model/visible-rows.js';
import { isWhole, rangeOf, zoomOf } from '../../model/zoom.js';
import type { Zoom } from '../../model/zoom.js';

/** A line's name: its group's key, or its span's id. */
export type LineKey = string;

/** All that the parts of a trace's page read and do. */
export type TraceViewModel = ReturnType<typeof useTraceView>;

/** The state of a trace's page; what a link carries is kept in the address by `onView`. */
export function useTraceView(loaded: LoadedTrace, search: string, onView: (view: URLSearchParams) => void) {
  const whole = { from: loaded.totals.start, to: loaded.totals.end };
  const read = (): ViewState => readViewState(new URLSearchParams(search), whole);
  const [view, setView] = useState<ViewState>(read);
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [openGroups, setOpenGroups] = useState<ReadonlySet<string>>(new Set());
  const [cursor, setCursor] = useState<LineKey | undefined>(view.span);
  const [isPanelOpen, setPanelOpen] = useState(view.span !== undefined);
  const [scrollTo, setScrollTo] = useState<{ key: LineKey; align: 'auto' | 'center' } | undefined>(
    view.span === undefined ? undefined : { key: view.span, align: 'center' },
  );

  const { skew, query, filter, grouped, hiddenServices, minDuration, onlyErrors } = view;
  const model = useMemo(() => buildModel(loaded.tree, { skew, range: whole }), [loaded, skew]);
  const { tree, facts } = model;
  const index = useMemo(() => createSearchIndex(model), [model]);
  const found = useMemo(
    () =>
      findRows(index, {
        query,
        hiddenServices: new Set(hiddenServices),
        minDuration: parseDuration(minDuration) ?? 0,
        onlyErrors,
      }),
    [index, query, hiddenServices, minDuration, onlyErrors],
  );
  const keep = filter ? found?.keep : undefined;
  const lines = useMemo(
    () => visibleLines(tree, { collapsed, keep, grouped, openGroups }),
    [tree, collapsed, keep, grouped, openGroups],
  );
  const lineOf = useMemo(
    () => new Map(lines.map((line, at) => [keyOf(line, tree.nodes[line.row]!.span.id), at])),
    [lines, tree],
  );
  const path = useMemo(() => {
    if (!view.criticalPath) return undefined;
    const root = tree.roots[0];
    const rootEnd = root ? model.end[root.row]! : 0;
    // Where work went on after the root had ended, the question is what that work waited for.
    const segments = criticalPath(tree, { followAsync: tree.end > rootEnd });
    return Map.groupBy(segments, ({ row }) => row);
  }, [view.criticalPath, tree, model]);

  // A link may lead into a group, or to what its own filter hides.
  useEffect(() => {
    if (view.span !== undefined) go(view.span, { open: true });
  }, []);
  const settled = useRef(onView);
  settled.current = onView;
  useEffect(() => {
    const timer = setTimeout(() => settled.current(writeViewState(view)), 120);
    return () => clearTimeout(timer);
  }, [view]);
  // Somebody went back, forth, or edited the address. What the view writes there itself comes back unchanged.
  useEffect(() => {
    if (writeViewState(view).toString() !== search) {
      const next = read();
      setView(next);
      if (next.span !== undefined && next.span !== cursor) go(next.span, { center: true, open: true });
    }
  }, [search]);

  const change = (part: Partial<ViewState>): void => setView((current) => ({ ...current, ...part }));

  const range = { from: tree.start, to: tree.end };
  const zoom = zoomOf(view.time, range);
  const setZoom = (next: Zoom): void =>
    change({ time: isWhole(next) || range.to <= range.from ? undefined : rangeOf(next, range) });

  /** Selects a line that is in sight. */
  const select = (key: LineKey, { open = false, scroll = true } = {}): void => {
    setCursor(key);
    if (open) setPanelOpen(true);
    if (scroll) setScrollTo({ key, align: 'auto' });
    if (model.rowOfId.has(key)) change({ span: key });
  };
  /** Selects a span wherever it is: opens what hides it. */
  const go = (spanId: string, { center = true, open = false } = {}): void => {
    const row = model.rowOfId.get(spanId);
    if (row === undefined) return;
    const ids = ancestorsOf(model, row).map((above) => tree.nodes[above]!.span.id);
    if (ids.some((id) => collapsed.has(id))) {
      setCollapsed((known) => new Set([...known].filter((id) => !ids.includes(id))));
    }
    if (grouped) setOpenGroups((known) => new Set([...known, ...groupsOn(row)]));
    if (keep && keep[row] === 0) change({ filter: false });
    setCursor(spanId);
    if (open) setPanelOpen(true);
    setScrollTo({ key: spanId, align: center ? 'center' : 'auto' });
    change({ span: spanId });
  };
  /** Keys of the groups that a row and those above it are members of. */
  const groupsOn = (row: number): string[] =>
    [row, ...ancestorsOf(model, row)].flatMap((at) => {
      const parent = tree.rows.parent[at]!;
      const siblings = parent < 0 ? tree.roots : tree.nodes[parent]!.children;
      const shown = keep ? siblings.filter((sibling) => keep[sibling.row] === 1) : siblings;
      const group = groupSiblings(shown, { least: 3 }).find(({ nodes }) =>
        nodes.some((node) => node.row === at),
      );
      return group && group.nodes.length > 1
        ? [groupKeyOf(parent < 0 ? '' : tree.nodes[parent]!.span.id, group)]
        : [];
    });
  const cursorRow =
    cursor === undefined ? undefined : (model.rowOfId.get(cursor) ?? lines[lineOf.get(cursor) ?? -1]?.row);
  // A selected span that is folded away is marked where it is folded.
  const cursorLine = useMemo(() => {
    if (cursor === undefined || cursorRow === undefined) return -1;
    return lineOf.get(cursor) ?? lineAt(tree, lines, cursorRow);
  }, [tree, lines, lineOf, cursor, cursorRow]);
  const find = (step: 1 | -1, fits: (row: number) => boolean): void => {
    const row = nextRow(tree.size, cursorRow ?? (step === 1 ? -1 : tree.size), step, fits);
    if (row !== undefined) go(tree.nodes[row]!.span.id);
  };
  const toggle = (line: Line): void => {
    const { groupKey } = line;
    if (groupKey !== undefined) setOpenGroups((known) => toggled(known, groupKey));
    else if (tree.nodes[line.row]!.children.length > 0) {
      setCollapsed((known) => toggled(known, tree.nodes[line.row]!.span.id));
    }
  };
  const isOpen = ({ row, groupKey }: Line): boolean =>
    groupKey === undefined ? !collapsed.has(tree.nodes[row]!.span.id) : openGroups.has(groupKey);

  return {
    view,
    change,
    model,
    found,
    lines,
    lineOf,
    path,
    cursor,
    cursorRow,
    cursorLine,
    zoom,
    setZoom,
    /** Which match is selected, counted from 1. */
    matchNumber:
      found && cursorRow !== undefined && found.matches[cursorRow] === 1
        ? rankOf(found, cursorRow)
        : undefined,
    select,
    go,
    toggle,
    isOpen,
    scrollTo,
    isPanelOpen,
    setPanelOpen,
    collapseAll: () => setCollapsed(collapseAll(tree)),
    expandAll: () => {
      setCollapsed(new Set());
      if (grouped) setOpenGroups(new Set(lines.flatMap(({ groupKey }) => groupKey ?? [])));
    },
    expandLevel: () => setCollapsed(expandOneLevel(tree, collapsed)),
    collapseLevel: () => setCollapsed(collapseOneLevel(tree, collapsed)),
    nextError: (step: 1 | -1) => find(step, (row) => facts[row]!.error === 'critical'),
    nextMatch: (step: 1 | -1) => find(step, (row) => found?.matches[row] === 1),
    keyOf: (line: Line) => keyOf(line, tree.nodes[line.row]!.span.id),
  };
}

function keyOf({ groupKey }: Line, spanId: string): LineKey {
  return groupKey ?? spanId;
}

function toggled(known: ReadonlySet<string>, key: string): Set<string> {
  const next = new Set(known);
  if (!next.delete(key)) next.add(key);
  return next;
}
