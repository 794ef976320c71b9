import { describe, expect, it } from 'vitest';
import { client, executor, span, T } from '../build-span.spec.helper.js';
import { decodeSpans } from '../index.js';
import { answerOf, titled } from '../differences.spec.helper.js';
import { loadCases } from '../load-cases.spec.helper.js';
import { mergeSpans } from './merge.js';
import type { Endpoint, Kind, Span } from '../span.js';

const cases = await loadCases<unknown[], Span[]>('merge.json');
const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '00000000000000b1' };

/** Pieces in v1 of one span, each a list of `value@offset` at an endpoint; decoded as Zipkin does and merged. */
const mergeV1 = (
  ...pieces: readonly (readonly [text: string, endpoint?: Endpoint, more?: object])[]
): Span[] => {
  const body = pieces.map(([text, endpoint, more]) => ({
    traceId: '1',
    id: '3',
    annotations: text
      .split(' ')
      .filter(Boolean)
      .map((one) => one.split('@'))
      .map(([value, offset]) => ({ value, timestamp: T + Number(offset), ...(endpoint && { endpoint }) })),
    ...more,
  }));
  return mergeSpans(decodeSpans(JSON.stringify(body), { format: 'v1' }));
};
const tag = (key: string, value: string, endpoint?: Endpoint): object => ({
  binaryAnnotations: [{ key, value, ...(endpoint && { endpoint }) }],
});
const half = (
  kind: Kind,
  endpoint: Endpoint,
  [start, duration]: readonly [number, number?],
  more = {},
): Span => ({
  traceId: '0000000000000001',
  id: '0000000000000003',
  kind,
  timestamp: T + start,
  ...(duration !== undefined && { duration }),
  localEndpoint: endpoint,
  ...more,
});

describe('mergeSpans', () => {
  it.each(titled(cases))('%s', (_, one) => {
    const spans = decodeSpans(JSON.stringify(one.input), { format: one.format ?? 'v2' });
    expect(mergeSpans(spans)).toEqual(answerOf(one));
  });

  it('makes a duration of a start and an end that came apart (A9, X9)', () => {
    const whole = [half('CLIENT', client, [0, 100])];
    expect(mergeV1(['cs@0', client], ['cr@100', client])).toEqual(whole);
    expect(mergeV1(['cr@100', client], ['cs@0', client])).toEqual(whole);
    expect(mergeV1(['ms@0', client], ['ws@9', client])).toEqual([half('PRODUCER', client, [0, 9])]);
    expect(mergeV1(['mr@9', executor], ['wr@4', executor])).toEqual([half('CONSUMER', executor, [4, 5])]);
  });

  it('makes no duration of an end before the start, of an end elsewhere or of one that has a duration already', () => {
    const early = [half('CLIENT', client, [9], { annotations: [{ timestamp: T, value: 'cr' }] })];
    expect(mergeSpans(early)).toEqual(early);
    const elsewhere = [
      half('CLIENT', client, [0], { annotations: [{ timestamp: T + 5, value: 'cr', endpoint: executor }] }),
    ];
    expect(mergeSpans(elsewhere)).toEqual(elsewhere);
    const whole = [half('CLIENT', client, [0, 3], { annotations: [{ timestamp: T + 5, value: 'cr' }] })];
    expect(mergeSpans(whole)).toEqual(whole);
  });

  it('joins an opening and a closing piece (A10)', () => {
    const open = ['cs@0', client, { timestamp: T, name: 'send', ...tag('a', '1', client) }] as const;
    const close = ['cr@9', client, { timestamp: T, duration: 9, ...tag('b', '2', client) }] as const;
    const whole = [half('CLIENT', client, [0, 9], { name: 'send', tags: { a: '1', b: '2' } })];
    expect(mergeV1(close, open)).toEqual(whole);
  });

  it('gives the same for halves that come apart, in one span or the other way round (A3, A11, A12)', () => {
    const whole = [half('CLIENT', client, [0, 207]), half('SERVER', executor, [10, 190], { shared: true })];
    expect(mergeV1(['cs@0 cr@207', client], ['sr@10 ss@200', executor])).toEqual(whole);
    expect(mergeV1(['sr@10 ss@200', executor], ['cs@0 cr@207', client])).toEqual(whole);
  });

  it('marks a server shared that came with times of its own, and every further one (A13)', () => {
    const elsewhere = { ...executor, ipv4: '10.0.0.9' };
    const servers = [half('SERVER', executor, [10, 5]), half('SERVER', elsewhere, [12, 5])];
    expect(mergeSpans([...servers, half('CLIENT', client, [0, 99])])).toEqual([
      half('CLIENT', client, [0, 99]),
      ...servers.map((server) => ({ ...server, shared: true })),
    ]);
    expect(mergeSpans(servers)).toEqual(servers);
  });

  it('gives a shared half the parent that its sender knows (M2)', () => {
    const sender = half('CLIENT', client, [0], { parentId: 'a1' });
    const server = half('SERVER', executor, [1], { shared: true });
    expect(mergeSpans([server, sender])).toEqual([sender, { ...server, parentId: 'a1' }]);
  });

  it('takes the 128-bit trace id for all spans, whoever cut it (M3)', () => {
    const short = { ...ids, traceId: ids.traceId.slice(16), duration: 4 };
    const other = { ...short, id: '00000000000000b2' };
    expect(mergeSpans([short, other, ids])).toEqual([
      { ...ids, duration: 4 },
      { ...other, traceId: ids.traceId },
    ]);
  });

  it('keeps traces apart whose ids have the low half in common, and a short one that could mean either', () => {
    const a = { ...ids, traceId: 'a'.repeat(16) + '1'.repeat(16) };
    const b = { ...ids, traceId: 'b'.repeat(16) + '1'.repeat(16) };
    const short = { ...ids, traceId: '1'.repeat(16) };
    expect(mergeSpans([b, short, a])).toEqual([short, a, b]);
  });

  it('gives pieces without an endpoint to the sender (M4)', () => {
    const halves = [['cs@0 cr@9', client] as const, ['sr@1 ss@8', executor] as const];
    expect(mergeV1(...halves, ['', undefined, tag('k', 'v')])).toEqual([
      half('CLIENT', client, [0, 9], { tags: { k: 'v' } }),
      half('SERVER', executor, [1, 7], { shared: true }),
    ]);
  });

  it("gives pieces with the receiver's endpoint to the receiver, marked shared or not (Y5, Y7)", () => {
    const halves = [['cs@0 cr@9', client] as const, ['sr@1 ss@8', executor] as const];
    const bare = [half('CLIENT', client, [0, 9]), half('SERVER', executor, [1, 7], { shared: true })];
    const whole = [bare[0]!, { ...bare[1]!, tags: { k: 'v' } }];
    expect(mergeV1(...halves, ['', executor, tag('k', 'v', executor)])).toEqual(whole);
    const { traceId, id } = bare[0]!;
    expect(mergeSpans([...bare, { traceId, id, tags: { k: 'v' }, shared: true }])).toEqual(whole);
  });

  it('keeps a receiver that came in three pieces and another host as two (Y2)', () => {
    expect(mergeV1(['sr@1', executor], ['sr@1 ss@8', executor], ['sr@1', client])).toEqual([
      half('SERVER', client, [1], { shared: true }),
      half('SERVER', executor, [1, 7], { shared: true }),
    ]);
  });

  it('lets the earliest piece name the span and the latest set a tag, whatever came first', () => {
    const early: Span = { ...ids, name: 'one', timestamp: 3, tags: { k: 'early' } };
    const late: Span = { ...ids, name: 'two', timestamp: 5, tags: { k: 'late' } };
    const expected = [{ ...ids, name: 'one', timestamp: 3, tags: { k: 'late' } }];
    expect(mergeSpans([early, late])).toEqual(expected);
    expect(mergeSpans([late, early])).toEqual(expected);
  });

  it('takes the unfinished of two pieces with one start for the earlier', () => {
    const open: Span = { ...ids, name: 'z', timestamp: 3, tags: { k: 'z' } };
    const close: Span = { ...ids, name: 'a', timestamp: 3, duration: 4, tags: { k: 'a' } };
    expect(mergeSpans([close, open])).toEqual([{ ...open, duration: 4, tags: { k: 'a' } }]);
    const wrong: Span = { ...ids, name: 'm', timestamp: 3, duration: 9 };
    expect(mergeSpans([wrong, close, open])).toEqual([{ ...open, duration: 4, tags: { k: 'a' } }]);
  });

  it('unites annotations, each once, and tells them apart by endpoint', () => {
    const a: Span = { ...ids, annotations: [{ timestamp: 2, value: 'x' }] };
    const b: Span = { ...ids, annotations: [{ timestamp: 1, value: 'y' }, ...a.annotations!] };
    const c: Span = { ...ids, annotations: [{ timestamp: 2, value: 'x', endpoint: client }] };
    expect(mergeSpans([a, b, c])[0]!.annotations).toEqual([
      { timestamp: 1, value: 'y' },
      { timestamp: 2, value: 'x' },
      { timestamp: 2, value: 'x', endpoint: client },
    ]);
  });

  it('never marks a client shared', () => {
    const marked = span('a', undefined, { kind: 'CLIENT', shared: true });
    const plain = span('a', undefined, { kind: 'CLIENT' });
    expect(mergeSpans([marked])).toEqual([plain]);
    expect(mergeSpans([marked, { ...marked, duration: 3 }])).toEqual([{ ...plain, duration: 3 }]);
  });

  it('joins only equal places of an id that very many places use', () => {
    const places = Array.from({ length: 70 }, (_, i) => ({
      ...ids,
      localEndpoint: { serviceName: `s${i}` },
    }));
    const bare = { ...ids, tags: { k: 'v' } };
    const merged = mergeSpans([...places, bare, ...places]);
    expect(merged).toHaveLength(71);
    expect(mergeSpans(merged)).toEqual(merged);
  });
});
