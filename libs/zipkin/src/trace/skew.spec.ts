import { describe, expect, it } from 'vitest';
import { client, executor, exporter, span, T } from '../build-span.spec.helper.js';
import { decodeSpans } from '../index.js';
import { loadCases } from '../load-cases.spec.helper.js';
import type { Span } from '../span.js';
import { correctClockSkew } from './skew.js';
import { buildTraceTree } from './tree.js';
import { treeOfHalves } from './walk-halves.js';

interface Corrected {
  readonly id: string;
  readonly offset: number;
}
const cases = await loadCases<unknown[], readonly Corrected[]>('skew.json');

/** Start of each half counted from T, by `id kind`, and how far each was moved. */
const correct = (spans: readonly Span[]): { at: Record<string, number>; moved: Record<string, number> } => {
  const { tree, movedMicros } = correctClockSkew(buildTraceTree(spans));
  const halves = tree.nodes.flatMap((node) => node.halves);
  const key = ({ id, kind }: Span): string => `${id} ${kind ?? '-'}`;
  return {
    at: Object.fromEntries(halves.map((half) => [key(half), half.timestamp! - T])),
    moved: Object.fromEntries([...movedMicros].map(([half, micros]) => [key(half), micros])),
  };
};
const call = (
  at: readonly [number, number?],
  server: Partial<Span> & { at: readonly [number, number?] },
): Span[] => [
  span('a', undefined, { kind: 'CLIENT', at, localEndpoint: client }),
  span('a', undefined, { kind: 'SERVER', shared: true, localEndpoint: executor, ...server }),
];

describe('correctClockSkew', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    'agrees with Zipkin Lens: %s',
    (_, { input, expected }) => {
      const { tree } = correctClockSkew(buildTraceTree(decodeSpans(JSON.stringify(input), { format: 'v2' })));
      let level = treeOfHalves(tree);
      const found: object[] = [];
      for (; level.length > 0; level = level.flatMap(({ children }) => children)) {
        for (const { span: half } of level) {
          const { id, kind, shared, timestamp, duration, annotations = [] } = half;
          found.push({
            id,
            ...(kind && { kind }),
            ...(shared && { shared }),
            offset: timestamp! - T,
            ...(duration !== undefined && { duration }),
            annotations: annotations.map(({ value, timestamp: at }) => ({ value, offset: at - T })),
          });
        }
      }
      expect(found).toEqual(expected);
    },
  );

  it('says which halves it moved and by how much', () => {
    const spans = [
      ...call([0, 100], { at: [-1000, 40] }),
      span('b', 'a', { at: [-990, 10], localEndpoint: executor }),
      span('c', 'b', { at: [30, 10], localEndpoint: exporter }),
      span('d', 'c', { at: [-980, 1], localEndpoint: executor }),
    ];
    expect(correct(spans)).toEqual({
      at: { 'a CLIENT': 0, 'a SERVER': 30, 'b -': 40, 'c -': 30, 'd -': 50 },
      moved: { 'a SERVER': 1030, 'b -': 1030, 'd -': 1030 },
    });
  });

  it('gives back the very tree when nothing moved', () => {
    const tree = buildTraceTree(call([0, 100], { at: [20, 40] }));
    const corrected = correctClockSkew(tree);
    expect(corrected.tree).toBe(tree);
    expect(corrected.movedMicros.size).toBe(0);
  });

  it('sorts the moved spans among their siblings again', () => {
    const { tree } = correctClockSkew(
      buildTraceTree([
        span('r', undefined, { at: [0, 500], kind: 'SERVER', localEndpoint: client }),
        ...call([10, 100], { at: [-1000, 40] }).map((half) => ({ ...half, parentId: 'r' })),
        span('d', 'a', { at: [-900, 1], localEndpoint: executor }),
        span('e', 'a', { at: [50, 1], localEndpoint: client }),
        span('c', 'a', { at: [140, 1], localEndpoint: client }),
      ]),
    );
    expect(tree.nodes.map(({ span: { id } }) => id)).toEqual(['r', 'a', 'e', 'c', 'd']);
    expect([tree.start, tree.end]).toEqual([T, T + 500]);
  });

  it('carries the shift of a call over to calls that its server made', () => {
    const inner = [
      span('b', 'a', { kind: 'CLIENT', at: [-990, 20], localEndpoint: executor }),
      span('b', 'a', { kind: 'SERVER', shared: true, at: [-5000, 10], localEndpoint: exporter }),
    ];
    expect(correct([...call([0, 100], { at: [-1000, 40] }), ...inner]).at).toEqual({
      'a CLIENT': 0,
      'a SERVER': 30,
      'b CLIENT': 40,
      'b SERVER': 45,
    });
  });

  it('finds the shift of a server that has an id of its own', () => {
    const spans = [
      span('a', undefined, { kind: 'CLIENT', at: [0, 10], localEndpoint: client }),
      span('b', 'a', { kind: 'SERVER', at: [-7, 4], localEndpoint: executor }),
    ];
    expect(correct(spans).moved).toEqual({ 'b SERVER': 10 });
  });

  it('knows hosts by IPv6 too', () => {
    const at = (ipv6: string): Partial<Span> => ({ localEndpoint: { serviceName: 's', ipv6 } });
    const spans = (there: string): Span[] => [
      span('a', undefined, { kind: 'CLIENT', at: [0, 10], ...at('2001:db8::1') }),
      span('b', 'a', { kind: 'SERVER', at: [-7, 4], ...at(there) }),
    ];
    expect(correct(spans('2001:db8::1')).moved).toEqual({});
    expect(correct(spans('2001:db8::2')).moved).toEqual({ 'b SERVER': 10 });
  });

  it('rounds half a microsecond down (differs from Zipkin: whole microseconds)', () => {
    expect(correct(call([0, 100], { at: [-50, 41] })).at['a SERVER']).toBe(29);
  });

  it('takes halves of one length for a call without latency', () => {
    expect(correct(call([0, 40], { at: [-50, 40] })).at['a SERVER']).toBe(0);
  });

  it('does not take a receiver without sender and parent for a second root', () => {
    const stray = span('z', undefined, { kind: 'SERVER', shared: true, at: [1, 1], localEndpoint: exporter });
    expect(correct([...call([0, 100], { at: [-1000, 40] }), stray]).moved).toEqual({ 'a SERVER': 1030 });
  });

  it('leaves a trace alone that has no true root (S09)', () => {
    const headless = call([0, 100], { at: [-1000, 40] }).map((half) => ({ ...half, parentId: 'gone' }));
    expect(correct(headless).moved).toEqual({});
  });

  it('leaves a trace alone that has two true roots (S10)', () => {
    expect(
      correct([...call([0, 100], { at: [-1000, 40] }), span('z', undefined, { at: [1, 1] })]).moved,
    ).toEqual({});
  });

  it('leaves messages alone: they may wait (S11)', () => {
    const spans = [
      span('a', undefined, { kind: 'PRODUCER', at: [0, 10], localEndpoint: client }),
      span('b', 'a', { kind: 'CONSUMER', at: [-500, 10], localEndpoint: executor }),
    ];
    expect(correct(spans).moved).toEqual({});
  });

  it('takes any number of halves', () => {
    const halves = Array.from({ length: 200_000 }, (_, at) =>
      span('a', undefined, {
        kind: at === 0 ? 'CLIENT' : 'SERVER',
        at: [0, 5],
        localEndpoint: { serviceName: `s${at}` },
      }),
    );
    expect(correctClockSkew(buildTraceTree(halves)).movedMicros.size).toBe(0);
  });
});
