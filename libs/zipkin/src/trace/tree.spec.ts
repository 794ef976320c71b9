import { describe, expect, it } from 'vitest';
import { client, executor, span, traceId } from '../build-span.spec.helper.js';
import { decodeSpans } from '../index.js';
import { answerOf, titled } from '../differences.spec.helper.js';
import { loadCases } from '../load-cases.spec.helper.js';
import type { Span } from '../span.js';
import { buildTraceTree, walkTraceTree } from './tree.js';
import type { TraceTree } from './tree.js';
import { treeOfHalves } from './walk-halves.js';
import type { HalfNode } from './walk-halves.js';

const cases = await loadCases<unknown[], string>('tree.json');

const name = (index: number): string => index.toString(16).padStart(16, '0');
/** The tree as `id(child child)`. */
const shape = (tree: TraceTree): string => {
  const text = (node: TraceTree['roots'][number]): string =>
    node.span.id + (node.children.length > 0 ? `(${node.children.map(text).join(' ')})` : '');
  return tree.roots.map(text).join(' ');
};
/** The tree as Zipkin draws it, each half for itself. */
const halvesText = (tree: TraceTree): string => {
  const text = ({ span: { id, kind, shared, localEndpoint }, depth, children }: HalfNode): string[] => [
    `(${depth})${id}:${kind ?? 'null'}${shared ? ':shared' : ''}:${localEndpoint?.serviceName ?? 'null'}`,
    ...children.flatMap(text),
  ];
  return treeOfHalves(tree).flatMap(text).join(' ');
};
const kindsOf = (tree: TraceTree): (string | undefined)[][] =>
  tree.nodes.map(({ halves }) => halves.map(({ kind }) => kind));

describe('buildTraceTree', () => {
  it.each(titled(cases))('%s', (_, one) => {
    const tree = buildTraceTree(decodeSpans(JSON.stringify(one.input), { format: 'v2' }));
    expect(halvesText(tree)).toEqual(answerOf(one));
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

  it('keeps orphans as roots behind the true ones and says which parents are missing (T3)', () => {
    const tree = buildTraceTree([
      span('b', 'gone', { timestamp: 1 }),
      span('a', undefined, { timestamp: 2 }),
      span('c', 'b'),
    ]);
    expect(shape(tree)).toBe('a b(c)');
    expect(tree.missingParentIds).toEqual(['gone']);
  });

  it('has as many roots as there are parts when no span is a true root (T2)', () => {
    const tree = buildTraceTree([span('c', 'gone', { timestamp: 2 }), span('b', 'gone', { timestamp: 1 })]);
    expect(shape(tree)).toBe('b c');
    expect(tree.missingParentIds).toEqual(['gone']);
  });

  it('puts a receiver that knows neither sender nor parent behind the true root', () => {
    const tree = buildTraceTree([
      span('b', undefined, { kind: 'SERVER', shared: true, timestamp: 1 }),
      span('a', undefined, { timestamp: 2 }),
    ]);
    expect(shape(tree)).toBe('a b');
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

  it('keeps both halves of a message on one node although neither is marked shared (A17, T6, X1)', () => {
    const tree = buildTraceTree([
      span('a', undefined, { kind: 'CONSUMER', at: [1, 5], localEndpoint: executor }),
      span('a', undefined, { kind: 'PRODUCER', at: [2, 3], localEndpoint: client }),
      span('b', 'a', { at: [4], localEndpoint: executor }),
    ]);
    expect(kindsOf(tree)).toEqual([['PRODUCER', 'CONSUMER'], [undefined]]);
    expect(halvesText(tree)).toBe('(0)a:PRODUCER:client (1)a:CONSUMER:executor (2)b:null:executor');
    expect(tree.rows.duration[0]).toBe(3);
  });

  it('gives each consumer of a message its own row when it has its own id (X3)', () => {
    const tree = buildTraceTree([
      span('a', undefined, { kind: 'PRODUCER', at: [0] }),
      span('c', 'a', { kind: 'CONSUMER', at: [2], localEndpoint: executor }),
      span('b', 'a', { kind: 'CONSUMER', at: [1], localEndpoint: executor }),
    ]);
    expect(shape(tree)).toBe('a(b c)');
  });

  it('keeps two spans with one id that nothing tells apart as sender and receiver', () => {
    const tree = buildTraceTree([
      span('a', undefined, { at: [2], localEndpoint: executor }),
      span('a', undefined, { at: [1], localEndpoint: client }),
    ]);
    expect(tree.nodes[0]!.halves.map(({ localEndpoint }) => localEndpoint)).toEqual([client, executor]);
  });

  it('hangs a child from the half at its endpoint, or at one that does not contradict it', () => {
    const halves: Span[] = [
      span('a', undefined, { kind: 'CLIENT', at: [0], localEndpoint: client }),
      span('a', undefined, { kind: 'SERVER', shared: true, at: [1], localEndpoint: executor }),
    ];
    const parentHalfOf = (child: Partial<Span>): number =>
      buildTraceTree([...halves, span('b', 'a', { at: [2], ...child })]).nodes[1]!.parentHalf;
    expect(parentHalfOf({ localEndpoint: executor })).toBe(1);
    expect(parentHalfOf({ localEndpoint: { serviceName: 'executor' } })).toBe(1);
    expect(parentHalfOf({ localEndpoint: { ...executor, port: 9 } })).toBe(1);
    expect(parentHalfOf({ localEndpoint: client })).toBe(0);
    expect(parentHalfOf({ localEndpoint: { serviceName: 'exporter' } })).toBe(0);
    expect(parentHalfOf({})).toBe(0);
  });

  it('hangs a child of a service that calls itself from the receiving half', () => {
    const tree = buildTraceTree([
      span('a', undefined, { kind: 'CLIENT', at: [0], localEndpoint: client }),
      span('a', undefined, { kind: 'SERVER', shared: true, at: [1], localEndpoint: client }),
      span('b', 'a', { at: [2], localEndpoint: client }),
    ]);
    expect(tree.nodes[1]!.parentHalf).toBe(1);
  });

  it('draws a child that started before the receiver above it', () => {
    const tree = buildTraceTree([
      span('a', undefined, { kind: 'CLIENT', at: [0], localEndpoint: client }),
      span('a', undefined, { kind: 'SERVER', shared: true, at: [5], localEndpoint: executor }),
      span('b', 'a', { at: [2], localEndpoint: client }),
    ]);
    expect(halvesText(tree)).toBe('(0)a:CLIENT:client (1)b:null:client (1)a:SERVER:shared:executor');
  });

  it('finds the receiver at one endpoint among very many', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      span('a', undefined, {
        kind: 'SERVER',
        shared: true,
        at: [i],
        localEndpoint: { serviceName: `s${i}` },
      }),
    );
    const tree = buildTraceTree([...many, span('b', 'a', { localEndpoint: { serviceName: 's70' } })]);
    expect(tree.nodes[0]!.halves[tree.nodes[1]!.parentHalf]!.localEndpoint).toEqual({ serviceName: 's70' });
  });

  it('finds the parent that either half names', () => {
    const tree = buildTraceTree([
      span('r', undefined, { at: [0] }),
      span('a', 'gone', { kind: 'PRODUCER', at: [1] }),
      span('a', 'r', { kind: 'CONSUMER', at: [2] }),
    ]);
    expect(shape(tree)).toBe('r(a)');
    expect(tree.missingParentIds).toEqual([]);
  });

  it('tells the shape and the times in numbers', () => {
    const tree = buildTraceTree([
      span('a', undefined, { timestamp: 10, duration: 90 }),
      span('b', 'a', { timestamp: 20, duration: 5 }),
      span('c', 'b', { timestamp: 21 }),
      span('d', 'a'),
    ]);
    expect(tree.nodes.map(({ span: { id } }) => id)).toEqual(['a', 'b', 'c', 'd']);
    expect(tree.rows).toEqual({
      start: Float64Array.of(10, 20, 21, NaN),
      duration: Float64Array.of(90, 5, NaN, NaN),
      depth: Int32Array.of(0, 1, 2, 1),
      parent: Int32Array.of(-1, 0, 1, 0),
      subtreeEnd: Int32Array.of(4, 3, 3, 4),
    });
    expect([tree.start, tree.end, tree.traceId]).toEqual([10, 100, traceId]);
  });

  it('times a row by the first half that has a start', () => {
    const tree = buildTraceTree([
      span('a', undefined, { kind: 'CLIENT', localEndpoint: client }),
      span('a', undefined, {
        kind: 'SERVER',
        shared: true,
        timestamp: 7,
        duration: 2,
        localEndpoint: executor,
      }),
    ]);
    expect([tree.rows.start[0], tree.rows.duration[0]]).toEqual([7, 2]);
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
    const tree = buildTraceTree([]);
    expect(tree).toMatchObject({ traceId: '', nodes: [], roots: [], size: 0, start: 0, end: 0 });
    expect([...walkTraceTree(tree)]).toEqual([]);
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
    expect(tree.size).toBe(count);
    expect(tree.rows.subtreeEnd[0]).toBe(count);
    expect(tree.rows.depth.reduce((most, depth) => Math.max(most, depth), 0)).toBe(
      form === 'flat' ? 1 : count - 1,
    );
  });
});
