import { drawBar, drawTicks, niceTicks } from './waterfall-bar.js';
import type { Range } from './waterfall-bar.js';
import { formatDuration } from './duration.js';
import { factsOf, hasError } from './trace/row-facts.js';
import type { Span } from './span.js';
import { fitText, harmlessText } from './text.js';
import type { TraceTree } from './trace/tree.js';
import { treeOfHalves } from './trace/walk-halves.js';
import type { HalfNode } from './trace/walk-halves.js';
import {
  ASCII,
  counted,
  durationOf,
  indentation,
  kindOf,
  layOut,
  nameOf,
  serviceOf,
  UNICODE,
} from './waterfall-layout.js';
import type { Columns, Glyphs } from './waterfall-layout.js';
import { painter } from './waterfall-paint.js';
import type { Painter } from './waterfall-paint.js';

/** How {@link renderWaterfall} draws. */
export interface WaterfallOptions {
  /** Columns to fill, 80 to 200; a number outside is moved to the nearer end. */
  readonly width: number;
  /** Colour by service and errors in red, by ANSI escapes. Default false. */
  readonly colors?: boolean;
  /** Box drawing and block characters; false draws in ASCII. Default true. */
  readonly unicode?: boolean;
}

/** Draws a trace as text: the tree with service, name, kind and duration on the left, a bar on the trace's time
 * scale on the right. A receiver's half stands under its sender's. Spans with a tag `error` are marked `!`; an
 * unfinished span has an open bar. What the tree lacks (parents that never arrived, cycles) stands below. Lines end in `\n`, none is wider than the width. */
export function renderWaterfall(
  tree: TraceTree,
  { width, colors = false, unicode = true }: WaterfallOptions,
): string {
  const glyphs = unicode ? UNICODE : ASCII;
  const halves = rowsOf(treeOfHalves(tree));
  if (halves.length === 0) return 'no spans\n';
  const nodes = halves.map(([half]) => half);
  const range = { start: tree.start, end: tree.end };
  const columns = layOut(nodes, Math.min(Math.max(Math.floor(width) || 80, 80), 200), glyphs);
  const ticks = niceTicks(range, columns.bar);
  const drawing: Drawing = { range, columns, ticks, glyphs, paint: painter(nodes, colors) };

  const lines = [...title(tree, drawing), heading(drawing)];
  const ancestors: boolean[] = []; // per level: does another sibling follow?
  for (const [node, hasNext] of halves) {
    ancestors.length = node.depth;
    ancestors.push(hasNext);
    lines.push(row(node, ancestors, drawing));
  }
  lines.push(...notes(tree, drawing));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

interface Drawing {
  readonly range: Range;
  readonly columns: Columns;
  readonly ticks: readonly number[];
  readonly glyphs: Glyphs;
  readonly paint: Painter;
}

/** One line, or two where it is too narrow for the id and the facts. */
function title(tree: TraceTree, { range, columns, glyphs, paint }: Drawing): string[] {
  const services = new Set(tree.nodes.flatMap(({ halves }) => halves.map(serviceName)));
  const errors = tree.nodes.filter((node) => factsOf(node).error === 'critical').length;
  const id = `trace ${harmlessText(tree.roots[0]!.span.traceId, glyphs.bad).slice(0, 32)}`;
  const facts = [
    counted(tree.size, 'span'),
    counted(services.size, 'service'),
    formatDuration(range.end - range.start, glyphs),
  ].join(glyphs.dot);
  const problem = errors > 0 ? counted(errors, 'error') : '';
  const tail = problem && glyphs.dot + paint.error(problem);
  const length = [id, facts, problem].join(glyphs.dot).length;
  return length <= columns.whole
    ? [paint.strong(id + glyphs.dot + facts) + tail]
    : [paint.strong(id), paint.strong(facts) + tail];
}

function heading({ columns, range, ticks, glyphs, paint }: Drawing): string {
  const tree = fitText('SPAN', columns.tree, glyphs.cut);
  const duration = 'DURATION'.padStart(columns.duration);
  const left = `${columns.mark ? '  ' : ''}${tree}  ${'KIND'.padEnd(columns.kind)}  ${duration}`;
  return paint.faint(`${left}  ${drawTicks(range, ticks, columns.bar, glyphs)}`);
}

function row(node: HalfNode, ancestors: readonly boolean[], drawing: Drawing): string {
  const { columns, range, ticks, glyphs, paint } = drawing;
  const { span } = node;
  const error = hasError(span);
  const own = (text: string): string => (error ? paint.error(text) : paint.service(span, text));
  const prefix = indentation(ancestors, columns.maxIndent, glyphs);
  const service = fitText(serviceOf(span, glyphs), columns.service, glyphs.cut);
  const nameWidth = columns.tree - prefix.length - columns.service - 2;
  const name = fitText(nameOf(span, glyphs), nameWidth, glyphs.cut);
  const kind = kindOf(span).padEnd(columns.kind);
  const duration = durationOf(span, glyphs).padStart(columns.duration);
  return [
    columns.mark ? (error ? paint.error('! ') : '  ') : '',
    paint.faint(prefix),
    own(service),
    '  ',
    error ? paint.error(name) : name,
    '  ',
    span.kind ? kind : paint.faint(kind),
    '  ',
    error ? paint.error(duration) : duration,
    '  ',
    drawBar(span, range, ticks, columns.bar, glyphs, { bar: own, grid: paint.faint }),
  ].join('');
}

/** Every half, parents before children, and whether another sibling follows. */
function rowsOf(roots: readonly HalfNode[]): (readonly [half: HalfNode, hasNext: boolean])[] {
  const rows: (readonly [HalfNode, boolean])[] = [];
  const stack: (readonly [HalfNode, boolean])[] = [];
  const push = (halves: readonly HalfNode[]): void => {
    for (let i = halves.length - 1; i >= 0; i--) stack.push([halves[i]!, i < halves.length - 1]);
  };
  push(roots);
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    rows.push(entry);
    push(entry[0].children);
  }
  return rows;
}

const serviceName = ({ localEndpoint }: Span): string | undefined => localEndpoint?.serviceName;

function notes(tree: TraceTree, { columns, glyphs, paint }: Drawing): string[] {
  const lines: string[] = [];
  const list = (ids: readonly string[]): string =>
    ids
      .slice(0, 3)
      .map((id) => harmlessText(id, glyphs.bad).slice(0, 16))
      .join(', ') + (ids.length > 3 ? ` and ${ids.length - 3} more` : '');
  if (tree.missingParentIds.length > 0) {
    const count = counted(tree.missingParentIds.length, 'parent span');
    lines.push(`incomplete: ${count} missing (${list(tree.missingParentIds)})`);
  }
  if (tree.brokenCycleIds.length > 0) {
    lines.push(`a parent is its own descendant: link cut at ${list(tree.brokenCycleIds)}`);
  }
  return lines.map((line) => paint.note(fitText(line, columns.whole, glyphs.cut).trimEnd()));
}
