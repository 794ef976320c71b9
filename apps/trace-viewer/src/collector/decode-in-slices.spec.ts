import { decodeSpans } from '@distrace/zipkin';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeInSlices } from './decode-in-slices.js';
import { cutJsonList } from './json-elements.js';

const parts = (text: string, bytes: number) =>
  [...cutJsonList(Buffer.from(text), bytes)].map((part) => part && Buffer.from(part).toString());

describe('cutJsonList', () => {
  it('cuts between elements and nowhere else', () => {
    const text = ' [{"a":[1,2]}, "x,]\\"", [3 , 4],5 ] \n';
    expect(parts(text, 1)).toEqual(['{"a":[1,2]}', ' "x,]\\""', ' [3 , 4]', '5 ']);
    expect(parts(text, 1000)).toEqual(['{"a":[1,2]}, "x,]\\"", [3 , 4],5 ']);
    expect(parts('[]', 1)).toEqual(['']);
  });

  it.each(['', '{}', '[1,2', '[1,2]x', '[1,]', '[1,"', '[1,2}', '1'])('gives up on %j', (text) => {
    expect(parts(text, 1).at(-1)).toBeUndefined();
  });

  it('cuts any list so that its parts are the list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 3 })),
        fc.nat({ max: 40 }),
        fc.nat({ max: 2 }),
        (list, bytes, space) => {
          const cut = parts(JSON.stringify(list, undefined, space), bytes);
          expect(cut.flatMap((part) => JSON.parse(`[${part}]`) as unknown[])).toEqual(
            JSON.parse(JSON.stringify(list)),
          );
        },
      ),
    );
  });
});

describe('decodeInSlices', () => {
  const spans = Array.from({ length: 2000 }, (_, at) => ({
    traceId: 'a',
    id: (at + 1).toString(16),
    name: 'é€😀',
  }));

  it('gives what decodeSpans gives, with pauses', async () => {
    const body = Buffer.from(JSON.stringify(spans));
    let clock = 0;
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    expect(await decodeInSlices(body, 'v2', { now: () => (clock += 10), pause })).toEqual(decodeSpans(body));
    expect(pauses).toBeGreaterThan(1);
  });

  it('says what decodeSpans says of a bad body', async () => {
    const body = Buffer.from(JSON.stringify([...spans, { traceId: 'a', id: 'x' }]));
    await expect(decodeInSlices(body, 'v2')).rejects.toThrow('Span 2000: "id"');
    await expect(decodeInSlices(Buffer.from('[{},'), 'v2')).rejects.toThrow('must be JSON');
  });

  it('refuses more spans than decodeSpans takes', async () => {
    const body = Buffer.from(`[${'{"traceId":"1","id":"1"},'.repeat(100_000)}{"traceId":"1","id":"1"}]`);
    await expect(decodeInSlices(body, 'v2')).rejects.toThrow('at most 100000 spans');
  });
});
