import { decodeSpans } from '@distrace/zipkin';
import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
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
    expect(await decodeInSlices(body, { format: 'v2', now: () => (clock += 10), pause })).toEqual(
      decodeSpans(body),
    );
    expect(pauses).toBeGreaterThan(1);
  });

  it.each([
    ['v2 by the last span', { tags: { a: 'b' } }, 'v2'],
    ['v1 by the last span', { binaryAnnotations: [] }, 'v1'],
    ['v1, as nothing says', {}, 'v1'],
  ])('finds the format of a list in slices: %s', async (_, last, format) => {
    const body = Buffer.from(JSON.stringify([...spans, { traceId: 'b', id: '1', ...last }]));
    let clock = 0;
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    const decoded = await decodeInSlices(body, { now: () => (clock += 10), pause });
    expect(decoded).toEqual(decodeSpans(body));
    expect(decoded).toEqual(decodeSpans(body, { format: format as 'v1' }));
    expect(pauses).toBeGreaterThan(4);
  });

  it('refuses a list of both formats as decodeSpans does', async () => {
    const both = [
      { traceId: 'b', id: '1', kind: 'CLIENT' },
      ...spans,
      { traceId: 'b', id: '2', binaryAnnotations: [] },
    ];
    const body = Buffer.from(JSON.stringify(both));
    await expect(decodeInSlices(body)).rejects.toThrow('Span 2001: A list must be all v1 or all v2');
  });

  it('says what decodeSpans says of a bad body', async () => {
    const body = Buffer.from(JSON.stringify([...spans, { traceId: 'a', id: 'x' }]));
    await expect(decodeInSlices(body, { format: 'v2' })).rejects.toThrow('Span 2000: "id"');
    await expect(decodeInSlices(Buffer.from('[{},'), { format: 'v2' })).rejects.toThrow('must be JSON');
  });

  it('refuses a byte order mark before an element, where a part may begin, as decodeSpans does', async () => {
    const tags = { filler: 'x'.repeat(40_000) };
    const parts = Array.from({ length: 4 }, (_, at) =>
      JSON.stringify({ traceId: 'a', id: String(at + 1), tags }),
    );
    const body = Buffer.from(`[${parts.join(',\uFEFF')}]`);
    expect(() => decodeSpans(body, { format: 'v2' })).toThrow('must be JSON');
    await expect(decodeInSlices(body, { format: 'v2' })).rejects.toThrow('must be JSON');
  });

  it.each([
    ['a span that is none', { traceId: 'a', id: 'x' }],
    ['a span of v1', { traceId: 'a', id: '1', binaryAnnotations: [] }],
  ])('says where %s is without a look at the whole', async (_, last) => {
    const body = Buffer.from(JSON.stringify([...spans, last]));
    let error: unknown;
    try {
      decodeSpans(body, { format: 'v2' });
    } catch (thrown) {
      error = thrown;
    }
    const whole = vi.spyOn(JSON, 'parse');
    await expect(decodeInSlices(body, { format: 'v2' })).rejects.toThrow(error as Error);
    expect(Math.max(...whole.mock.calls.map(([text]) => text.length))).toBeLessThan(50_000);
    whole.mockRestore();
    expect(error).toMatchObject({ index: 2000 });
  });

  it('refuses more spans than decodeSpans takes', async () => {
    const body = Buffer.from(`[${'{"traceId":"1","id":"1"},'.repeat(100_000)}{"traceId":"1","id":"1"}]`);
    await expect(decodeInSlices(body, { format: 'v2' })).rejects.toThrow('at most 100000 spans');
  });
});
