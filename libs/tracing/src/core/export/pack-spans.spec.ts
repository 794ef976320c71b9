import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { SpareBuffer } from './byte-buffer.js';
import { fakeSpan, fakeSpans } from './fake-span.spec.helper.js';
import { packSpans } from './pack-spans.js';
import type { PackOptions } from './pack-spans.js';

function setUp(options: Partial<PackOptions> = {}) {
  const encoded: ReadableSpan[] = [];
  const dropped: string[] = [];
  const settings: PackOptions = {
    signal: new AbortController().signal,
    encode: (span, to) => {
      encoded.push(span);
      to.putText('x'.repeat(9));
    },
    form: 'list',
    buffers: new SpareBuffer(),
    maxBytes: () => 31,
    maxSpanBytes: 1_000_000,
    onDropped: (_, reason) => dropped.push(reason),
    ...options,
  };
  return { encoded, dropped, settings };
}

describe('packSpans', () => {
  it('encodes each span once and fills each pack up to the limit', async () => {
    const { encoded, settings } = setUp();
    const spans = fakeSpans(7);
    const sizes: number[] = [];
    for await (const pack of packSpans(spans, settings)) sizes.push(pack.spans.length);
    expect(sizes).toEqual([3, 3, 1]);
    expect(encoded).toEqual(spans);
  });

  it.each([
    ['list', ['[xxxxxxxxx,xxxxxxxxx,xxxxxxxxx]', '[xxxxxxxxx,xxxxxxxxx,xxxxxxxxx]', '[xxxxxxxxx]']],
    ['lines', ['xxxxxxxxx\n'.repeat(3), 'xxxxxxxxx\n'.repeat(3), 'xxxxxxxxx\n']],
  ] as const)(
    'frames each pack as a %s of its own, and in between keeps nothing of a span that failed',
    async (form, expected) => {
      const { settings } = setUp({ form });
      const bad = fakeSpan({ name: 'bad' });
      const spans = fakeSpans(7);
      const texts: string[] = [];
      const packs = packSpans([...spans.slice(0, 3), bad, ...spans.slice(3), bad], {
        ...settings,
        encode: (span, to) => {
          settings.encode(span, to);
          if (span === bad) throw new Error('bad');
        },
      });
      for await (const { bytes } of packs) texts.push(bytes.toString());
      expect(texts).toEqual(expected);
    },
  );

  it('encodes no further than it is asked to', async () => {
    const { encoded, settings } = setUp();
    await packSpans(fakeSpans(100), settings).next();
    expect(encoded).toHaveLength(4);
  });

  it('lets the event loop turn after each megabyte, and stops when the signal says so meanwhile', async () => {
    const stop = new AbortController();
    let breaths = 0;
    const { encoded, settings } = setUp({
      signal: stop.signal,
      maxBytes: () => 100_000_000,
      breathe: async () => {
        breaths++;
        if (breaths === 3) stop.abort(new Error('no time left'));
      },
    });
    const packs = packSpans(fakeSpans(100), {
      ...settings,
      encode: (span, to) => {
        settings.encode(span, to);
        to.putText('x'.repeat(700_000));
      },
    });
    await expect(packs.next()).rejects.toThrow('no time left');
    expect(encoded).toHaveLength(6);
  });

  it('drops a span that is too long, and does not encode it when that is plain', async () => {
    const { encoded, dropped, settings } = setUp({ maxSpanBytes: 8 });
    const spans = [fakeSpan({ name: '' }), fakeSpan({ attributes: { list: ['x'.repeat(9)] } })];
    expect(await packSpans(spans, settings).next()).toEqual({ done: true, value: undefined });
    expect(encoded).toEqual([spans[0]]);
    expect(dropped).toEqual([
      'it cannot be written: it is longer than 8 bytes',
      'it cannot be written: it is longer than 8 bytes',
    ]);
  });
});
