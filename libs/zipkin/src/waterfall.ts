import { drawBar, drawTicks, findRange, niceTicks } from './waterfall-bar.js';
import type { Range } from './waterfall-bar.js';
import { formatDuration } from './duration.js';
import { fitText, harmlessText } from './text.js';
import { walkTraceTree } from './tree.js';
import type { TraceNode, TraceTree } from './tree.js';
import {
  ASCII,
  counted,
  durationOf,
  indentation,
  isError,
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
 * scale on the right. Spans with a tag `error` are marked `!`; an unfinished span has an open bar. What the tree
 * lacks (parents that never arrived, cycles) stands below. Lines end in `\n`, none is wider than the width. */
export function renderWaterfall(
  tree: TraceTree,
  { width, colors = false, unicode = true }: WaterfallOptions,
): string {
  const glyphs = unicode ? UNICODE : ASCII;
  const nodes = [...walkTraceTree(tree)];
  if (nodes.length === 0) return 'no spans\n';
  const range = findRange(nodes.map(({ span }) => span));
  const columns = layOut(nodes, Math.min(Math.max(Math.floor(width) || 80, 80), 200), glyphs);
  const ticks = niceTicks(range, columns.bar);
  const drawing: Drawing = { range, columns, ticks, glyphs, paint: painter(nodes, colors) };

  const lines = [...title(nodes, tree, drawing), heading(drawing)];
  const ancestors: boolean[] = []; // per level: does another sibling follow?
  for (const [node, hasNext] of withSiblings(tree)) {
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
function title(
  nodes: readonly TraceNode[],
  tree: TraceTree,
  { range, columns, glyphs, paint }: Drawing,
): string[] {
  const services = new Set(nodes.map(({ span }) => span.localEndpoint?.serviceName));
  const errors = nodes.filter(({ span }) => isError(span)).length;
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

function row(node: TraceNode, ancestors: readonly boolean[], drawing: Drawing): string {
  const { columns, range, ticks, glyphs, paint } = drawing;
  const { span } = node;
  const error = isError(span);
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

function* withSiblings(tree: TraceTree): Generator<[node: TraceNode, hasNext: boolean]> {
  const stack: [TraceNode, boolean][] = [];
  const push = (nodes: readonly TraceNode[]): void => {
    for (let i = nodes.length - 1; i >= 0; i--) stack.push([nodes[i]!, i < nodes.length - 1]);
  };
  push(tree.roots);
  for (let entry = stack.pop(); entry; entry = stack.pop()) {
    yield entry;
    push(entry[0].children);
  }
}

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
