import { formatDuration } from './duration.js';
import { hasError } from './trace/row-facts.js';
import type { Span } from './span.js';
import { displayWidth, harmlessText } from './text.js';
import type { HalfNode } from './trace/walk-halves.js';

/** The characters a waterfall is drawn with. */
export interface Glyphs {
  readonly fork: string;
  readonly last: string;
  readonly pass: string;
  readonly deep: string;
  readonly cut: string;
  readonly dot: string;
  readonly bad: string;
  readonly unicode: boolean;
}

export const UNICODE: Glyphs = {
  fork: '├ ',
  last: '└ ',
  pass: '│ ',
  deep: '⋯ ',
  cut: '…',
  dot: ' · ',
  bad: '\ufffd',
  unicode: true,
};
export const ASCII: Glyphs = {
  fork: '|-',
  last: '`-',
  pass: '| ',
  deep: '> ',
  cut: '~',
  dot: ', ',
  bad: '?',
  unicode: false,
};

/** Column widths; two spaces stand between the columns. */
export interface Columns {
  /** Width of a service inside the tree, so that names of one depth line up. */
  readonly service: number;
  readonly tree: number;
  readonly kind: number;
  readonly duration: number;
  readonly bar: number;
  /** The width of a line. */
  readonly whole: number;
  /** Whether any span has an error and so a column for the mark is needed. */
  readonly mark: boolean;
  /** Deepest indentation drawn in full. */
  readonly maxIndent: number;
}

/** Fits the columns to the trace and the width. */
export function layOut(nodes: readonly HalfNode[], width: number, glyphs: Glyphs): Columns {
  let service = 0;
  let widestTree = 0;
  let kind = 0;
  let duration = 'DURATION'.length;
  let mark = false;
  for (const { span } of nodes) {
    service = Math.max(service, displayWidth(serviceOf(span, glyphs)));
    kind = Math.max(kind, kindOf(span).length);
    duration = Math.max(duration, durationOf(span, glyphs).length);
    mark ||= hasError(span);
  }
  service = Math.min(service, Math.floor(width / 6));
  const fixed = (mark ? 2 : 0) + kind + duration + 6;
  const room = width - fixed;
  const maxIndent = Math.max(2, Math.floor(room / 4 / 2));
  for (const { span, depth } of nodes) {
    const indent = 2 * Math.min(depth, maxIndent);
    widestTree = Math.max(widestTree, indent + service + 2 + displayWidth(nameOf(span, glyphs)));
  }
  // The bar keeps at least two fifths of what is left, the tree takes no more than it needs.
  const tree = Math.min(Math.max(widestTree, 'SPAN'.length), Math.floor(room * 0.6));
  return { service, tree, kind, duration, bar: room - tree, whole: width, mark, maxIndent };
}

/** The lines of the tree left of a span. Only the innermost levels of a deep one: the whole of it would make the
 * text of a chain grow with the square of its length. */
export function indentation(ancestors: readonly boolean[], maxIndent: number, glyphs: Glyphs): string {
  const depth = ancestors.length - 1;
  if (depth === 0) return '';
  const from = Math.max(1, depth - maxIndent + 2);
  let text = depth > maxIndent ? glyphs.deep : '';
  for (let level = depth > maxIndent ? from : 1; level < depth; level++)
    text += ancestors[level] ? glyphs.pass : '  ';
  return text + (ancestors[depth] ? glyphs.fork : glyphs.last);
}

export const serviceOf = (span: Span, glyphs: Glyphs): string =>
  harmlessText(span.localEndpoint?.serviceName || '-', glyphs.bad);
export const nameOf = (span: Span, glyphs: Glyphs): string =>
  harmlessText(span.name || '(no name)', glyphs.bad);
export const kindOf = (span: Span): string => span.kind ?? 'INTERNAL';
export const durationOf = (span: Span, glyphs: Glyphs): string =>
  span.duration == null ? (span.timestamp == null ? '-' : 'open') : formatDuration(span.duration, glyphs);
/** `1 span`, `2 spans`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
