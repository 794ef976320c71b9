import type { Span } from '@distrace/zipkin';

/** Traces that are hard on a tree in different ways. */
export const SHAPES = ['flat', 'chain', 'bushy', 'binary, shuffled', 'ring', 'pieces'] as const;
export type Shape = (typeof SHAPES)[number];

/** Index of a span's parent; -1 for none. Of `pieces`, two spans after each other are one. */
const PARENTS: Readonly<Record<Shape, (index: number, count: number) => number>> = {
  flat: (index) => (index === 0 ? -1 : 0),
  chain: (index) => index - 1,
  bushy: (index) => (index === 0 ? -1 : Math.floor((index - 1) / 8)),
  'binary, shuffled': (index) => (index === 0 ? -1 : Math.floor((index - 1) / 2)),
  ring: (index, count) => (index === 0 ? count - 1 : index - 1),
  pieces: (index) => (index === 0 ? -1 : Math.floor((index - 1) / 8)),
};

/**
 * The spans of one trace of a shape, as they come out of `JSON.parse`. `pieces` has two of each span: its start, and
 * later its end.
 */
export function spansOfShape(shape: Shape, count: number): Span[] {
  const isCut = shape === 'pieces';
  const whole = isCut ? Math.ceil(count / 2) : count;
  const spans = Array.from({ length: whole }, (_, index) => spanAt(index, PARENTS[shape](index, whole)));
  const given = isCut
    ? [
        ...spans.map((span) => ({ ...span, duration: undefined })),
        ...spans.map((span) => ({ ...span, timestamp: undefined })),
      ]
    : shape === 'binary, shuffled'
      ? shuffled(spans)
      : spans;
  return JSON.parse(JSON.stringify(given.slice(0, count))) as Span[];
}

function spanAt(index: number, parent: number): Span {
  return {
    traceId: hex(7, 32),
    id: hex(index + 1, 16),
    ...(parent >= 0 && { parentId: hex(parent + 1, 16) }),
    name: `step ${index % 50}`,
    timestamp: 1_700_000_000_000_000 + index * 10,
    duration: 1000 + (index % 700),
    localEndpoint: { serviceName: `service-${index % 5}`, ipv4: '10.0.0.1' },
    tags: { 'thread.id': String(index % 8), 'batch.item': String(index) },
  };
}

/** The same order each time. */
function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  let state = 1;
  for (let left = result.length - 1; left > 0; left--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const other = state % (left + 1);
    [result[left], result[other]] = [result[other]!, result[left]!];
  }
  return result;
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
