import { describe, expect, it } from 'vitest';
import type { ZpagesCore, ZpagesQuery } from '../../query.js';
import { ended, fakeCore, running } from '../fake-core.spec.helper.js';
import type { FakeName } from '../fake-core.spec.helper.js';
import { rowData } from './row-content.js';
import { traceContent } from './trace-content.js';

const BOUNDS = [0, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11];
const REQUEST = { rest: '', parameters: new Map(), root: './', sensitive: false, maxBytes: 1 << 20 };

/** What was asked, and in which turn of the event loop. */
function watched(names: ReadonlyMap<string, FakeName>) {
  const inner = fakeCore(names);
  const asked: { readonly query: ZpagesQuery; readonly turn: number }[] = [];
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const query = ((one: ZpagesQuery) => {
    asked.push({ query: one, turn });
    return inner.query(one);
  }) as ZpagesCore['query'];
  return { core: { query }, asked, [Symbol.dispose]: () => void (isOver = true) };
}

const spans = (count: number, nanos: number) => Array.from({ length: count }, () => ended('a', nanos));

describe('what is asked for the page of a row', () => {
  it('is only what its counts do not tell, one question in each turn of the event loop', async () => {
    using all = watched(
      new Map([['a', { running: [running('a')], latency: [...spans(3, 5), ...spans(2, 5e6)] }]]),
    );
    const data = await rowData(all.core, { view: 'row', ref: { by: 'name', name: 'a' } }, REQUEST, BOUNDS);
    expect(all.asked.map(({ query }) => ('bucket' in query ? query.bucket : query.kind))).toEqual([
      'running',
      3,
      0,
    ]);
    expect(new Set(all.asked.map(({ turn }) => turn)).size).toBe(3);
    expect(data.lists.map(({ title, count, spans: { length } }) => [title, count, length])).toEqual([
      ['Running', 1, 1],
      ['Errors', 0, 0],
      [expect.stringMatching(/^Latency/), 2, 2],
      [expect.stringMatching(/^Latency/), 3, 3],
    ]);
    expect(data.row).toMatchObject({ name: 'a', running: 1, errors: 0 });
  });

  it('is all of the errors where there are some', async () => {
    using all = watched(new Map([['a', { errors: spans(2, 5) }]]));
    const data = await rowData(all.core, { view: 'row', ref: { by: 'name', name: 'a' } }, REQUEST, BOUNDS);
    expect(all.asked.map(({ query }) => query.kind)).toEqual(['running', 'error']);
    expect(data.lists[1]).toMatchObject({ title: 'Errors', count: 2, order: 'newest first' });
  });

  it('is shown in a later turn than a trace was asked for', async () => {
    const [span] = spans(1, 5);
    using all = watched(new Map([['a', { latency: [span!] }]]));
    const content = await traceContent(all.core, span!.traceId, REQUEST, undefined);
    expect(await content.json()).toMatchObject({ traceId: span!.traceId, spansOmitted: 0 });
    expect(all.asked).toHaveLength(1);
  });
});
