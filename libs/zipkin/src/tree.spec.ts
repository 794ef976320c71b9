import { describe, expect, it } from 'vitest';
import { loadCases } from './load-cases.spec.helper.js';
import { Picks } from './random.spec.helper.js';
import type { Span } from './span.js';
import { buildTraceTree, walkTraceTree } from './tree.js';
import type { TraceTree } from './tree.js';

const cases = await loadCases<Span[], string>('tree.json');

const traceId = '463ac35c9f6413ad48485a3953bb6124';
const span = (id: string, parentId?: string, more: Partial<Span> = {}): Span => ({
  traceId,
  id,
  ...(parentId && { parentId }),
  ...more,
});
const name = (index: number): string => index.toString(16).padStart(16, '0');
/** The tree as `id(child child)`. */
const shape = (tree: TraceTree): string => {
  const text = (node: TraceTree['roots'][number]): string =>
    node.span.id + (node.children.length > 0 ? `(${node.children.map(text).join(' ')})` : '');
  return tree.roots.map(text).join(' ');
};

describe('buildTraceTree', () => {
  it.each(cases)('agrees with Zipkin: $name', ({ input, expected }) => {
    const rows = [...walkTraceTree(buildTraceTree(input))].map(
      ({ span: { id, kind, shared, localEndpoint }, depth }) =>
        `(${depth})${id.padStart(16, '0')}:${kind ?? 'null'}${shared ? ':shared' : ''}:${localEndpoint?.serviceName ?? 'null'}`,
    );
    expect(rows.join(' ')).toBe(expected);
  });

  it('sorts children by start, then id, and puts those without a start last', () => {
    const tree = buildTraceTree([
      span('a'),
      span('e', 'a'),
      span('d', 'a', { timestamp: 5 }),
      span('c', 'a', { timestamp: 5 }),
      span('b', 'a', { timestamp: 9 }),
    ]);
    expect(shape(tree)).toBe('a(c d b e)');
  });

  it('keeps orphans as roots behind the true ones and says which parents are missing', () => {
    const tree = buildTraceTree([
      span('b', 'gone', { timestamp: 1 }),
      span('a', undefined, { timestamp: 2 }),
      span('c', 'b'),
    ]);
    expect(shape(tree)).toBe('a b(c)');
    expect(tree.missingParentIds).toEqual(['gone']);
  });

  it('cuts a cycle at its earliest span and says so', () => {
    const tree = buildTraceTree([
      span('a', undefined, { timestamp: 1 }),
      span('d', 'b', { timestamp: 2 }),
      span('b', 'c', { timestamp: 4 }),
      span('c', 'b', { timestamp: 3 }),
    ]);
    expect(shape(tree)).toBe('a c(b(d))');
    expect(tree.brokenCycleIds).toEqual(['c']);
  });

  it('takes a span that is its own parent for a root', () => {
    const tree = buildTraceTree([span('a', 'a')]);
    expect(shape(tree)).toBe('a');
    expect(tree.brokenCycleIds).toEqual(['a']);
  });

  it('keeps sender and receiver that share an id although neither is marked shared', () => {
    const tree = buildTraceTree([
      span('a', undefined, { kind: 'CONSUMER', timestamp: 1, localEndpoint: { serviceName: 'executor' } }),
      span('a', undefined, { kind: 'PRODUCER', timestamp: 2, localEndpoint: { serviceName: 'client' } }),
    ]);
    expect([...walkTraceTree(tree)].map(({ span: { kind }, depth }) => `${depth} ${kind}`)).toEqual([
      '0 PRODUCER',
      '1 CONSUMER',
    ]);
  });

  it('joins pieces, so that a span sent in two is one node', () => {
    const tree = buildTraceTree([
      span('a', undefined, { timestamp: 1 }),
      span('a', undefined, { timestamp: 1, duration: 5 }),
    ]);
    expect(tree.size).toBe(1);
    expect(tree.roots[0]!.span.duration).toBe(5);
  });

  it('has nothing for nothing', () => {
    expect(buildTraceTree([])).toEqual({ roots: [], size: 0, missingParentIds: [], brokenCycleIds: [] });
  });

  it.each(['chain', 'reversed chain', 'flat', 'one ring'] as const)('holds 50,000 spans as a %s', (form) => {
    const count = 50_000;
    const spans = Array.from({ length: count }, (_, i) =>
      span(
        name(i + 1),
        i === 0 ? (form === 'one ring' ? name(count) : undefined) : name(form === 'flat' ? 1 : i),
        { timestamp: i + 1 },
      ),
    );
    const tree = buildTraceTree(form === 'reversed chain' ? spans.toReversed() : spans);
    const depths = [...walkTraceTree(tree)].map(({ depth }) => depth);
    expect(depths).toHaveLength(count);
    expect(depths.reduce((most, depth) => Math.max(most, depth), 0)).toBe(form === 'flat' ? 1 : count - 1);
  });

  it('reaches every span exactly once, whatever the parents are', () => {
    const picks = new Picks(4);
    for (let i = 0; i < 1000; i++) {
      const spans = Array.from({ length: picks.number(1, 12) }, (_, index) =>
        span(
          `b${index}`,
          picks.maybe(() => `b${picks.number(0, 14)}`),
          { timestamp: picks.number(1, 5) },
        ),
      );
      const tree = buildTraceTree(picks.shuffled(spans));
      const found = [...walkTraceTree(tree)];
      expect(found.map((node) => node.span.id).toSorted()).toEqual(spans.map(({ id }) => id).toSorted());
      expect(tree.size).toBe(spans.length);
      for (const node of found) for (const child of node.children) expect(child.depth).toBe(node.depth + 1);
      expect(shape(buildTraceTree(picks.shuffled(spans)))).toBe(shape(tree));
    }
  });
});
