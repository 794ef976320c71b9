import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { spanTree } from './span-tree.js';

/** What can be expected of spans. */
export interface TraceExpectation {
  /**
   * The spans are one trace and this tree: a line `KIND name` per span, indented below its parent's. Order of
   * siblings and the indentation of the whole text do not matter. Throws an error with `expected` and `actual`,
   * which test runners show as a difference.
   */
  toHaveTree(tree: string): void;
}

/**
 * Expectations about the spans of a test, for any test runner.
 *
 * @example
 * expectTrace(tracing.spans.ended).toHaveTree(`
 *   SERVER POST /orders
 *     PRODUCER send shipping
 *       CONSUMER process shipping
 * `);
 */
export function expectTrace(spans: readonly ReadableSpan[]): TraceExpectation {
  return {
    toHaveTree(tree) {
      const traces = new Set(spans.map((span) => span.spanContext().traceId)).size;
      const expected = canonical(tree.split('\n'));
      const actual = canonical(spanTree(spans));
      if (traces > 1) {
        throw difference(`The spans must be of one trace, but they are of ${traces}.`, expected, actual);
      }
      if (expected !== actual) throw difference('The trace has another tree.', expected, actual);
    },
  };
}

function difference(message: string, expected: string, actual: string): Error {
  const error = new Error(`${message}\n\nExpected:\n${expected}\n\nGot:\n${actual}`);
  return Object.assign(error, { name: 'AssertionError', expected, actual, showDiff: true });
}

interface Line {
  readonly text: string;
  readonly indent: number;
  readonly below: Line[];
}

/** The tree with siblings in the order of the alphabet and two spaces per level. */
function canonical(lines: readonly string[]): string {
  const roots: Line[] = [];
  const path: Line[] = [];
  for (const raw of lines) {
    if (raw.trim() === '') continue;
    const line: Line = { text: raw.trim(), indent: raw.length - raw.trimStart().length, below: [] };
    while ((path.at(-1)?.indent ?? -1) >= line.indent) path.pop();
    (path.at(-1)?.below ?? roots).push(line);
    path.push(line);
  }
  return render(roots, 0).join('\n');
}

function render(lines: readonly Line[], depth: number): string[] {
  return lines
    .map(({ text, below }) => [`${'  '.repeat(depth)}${text}`, ...render(below, depth + 1)].join('\n'))
    .toSorted();
}
