import type { Span } from '@distrace/zipkin';
import { expectedTree, TAGS_OF_EVERY_SPAN } from '../golden-tree.ts';
import type { ExpectedSpan } from '../golden-tree.ts';

export const TRACE_ID = '463ac35c9f6413ad48485a3953bb6124';

/** [start, end] in milliseconds from the start of the trace. */
const TIMES: Readonly<Record<string, readonly [number, number]>> = {
  'POST /tasks': [0, 100],
  'Main Client Span': [1, 90],
  'send tasks': [3, 10],
  'process tasks': [8, 45],
  'Executor span': [9, 40],
  'count words': [10, 35],
  'send results': [38, 50],
  'process results': [48, 88],
  'Exporter span': [49, 70],
  'save task': [50, 69],
  'send notifications': [71, 86],
  'process notifications': [84, 91],
};

const idOf = (row: number, copy: number) => (0x1000 + row * 16 + copy).toString(16).padStart(16, '0');

function spanOf(row: ExpectedSpan, index: number, copy: number): Span {
  const [start, end] = TIMES[row.name]!;
  const base = 1_700_000_000_000;
  const parent = expectedTree.findIndex(({ name }) => name === row.parent);
  const tags = Object.fromEntries(
    [...TAGS_OF_EVERY_SPAN, ...(row.tags ?? [])].map((key) => [key, `${key} 1`]),
  );
  return {
    traceId: TRACE_ID,
    id: idOf(index, copy),
    ...(parent === -1 ? {} : { parentId: idOf(parent, 0) }),
    ...(row.kind === undefined ? {} : { kind: row.kind }),
    name: row.name,
    timestamp: (base + start) * 1_000,
    duration: (end - start) * 1_000,
    localEndpoint: { serviceName: row.service },
    ...(row.annotations === undefined
      ? {}
      : {
          annotations: row.annotations.map((value, i) => ({ timestamp: (base + start + i) * 1_000, value })),
        }),
    tags,
  };
}

/** A trace that is the golden tree. */
export function goldenSpans({ chunks = 3 }: { readonly chunks?: number } = {}): Span[] {
  return expectedTree.flatMap((row, index) =>
    Array.from({ length: row.count === 'one' ? 1 : chunks }, (_, copy) => spanOf(row, index, copy)),
  );
}
