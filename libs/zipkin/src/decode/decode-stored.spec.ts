import { describe, expect, it } from 'vitest';
import { encodeSpanV2 } from '../encode-v2.js';
import { decodeSpans } from './decode.js';
import { decodeStoredSpans } from './decode-stored.js';

describe('decodeStoredSpans', () => {
  it('reads the id of sixteen zeros, which the decoder for senders refuses', () => {
    const spans = decodeSpans('[{"traceId":"1","id":"1"},{"traceId":"1","id":"0"}]', { format: 'v2' });
    const text = `[${spans.map(encodeSpanV2).join(',')}]`;
    expect(() => decodeSpans(text, { format: 'v2' })).toThrow('not all 0');
    expect(decodeStoredSpans(text)).toEqual({ spans, unreadable: 0 });
  });

  it('takes spans for v2 though no field says so', () => {
    const traceId = '00000000000000010000000000000000';
    const text = `[{"traceId":"${traceId}","id":"0000000000000001"}]`;
    expect(() => decodeSpans(text)).toThrow('sixteen zeros');
    expect(decodeStoredSpans(text).spans).toEqual([{ traceId, id: '0000000000000001' }]);
  });

  it('keeps a trace id of 32 digits that begins with zeros, which the decoder for senders makes 16', () => {
    const spans = decodeSpans('[{"traceId":"000000000001e9990000","id":"1"}]', { format: 'v2' });
    expect(spans[0]!.traceId).toBe('000000000000000000000001e9990000');
    const text = `[${encodeSpanV2(spans[0]!)}]`;
    expect(decodeStoredSpans(text).spans).toEqual(spans);
    expect(decodeSpans(text, { format: 'v2' })[0]!.traceId).toBe('00000001e9990000');
  });

  it('leaves out spans that cannot be read, and counts them', () => {
    const text = '[{"traceId":"1","id":"1"},{"traceId":"1"},5,{"traceId":"1","id":"2","tags":{"k":1}}]';
    expect(decodeStoredSpans(text)).toEqual({
      spans: [{ traceId: '0000000000000001', id: '0000000000000001' }],
      unreadable: 3,
    });
  });

  it('reads more spans than a body may hold', () => {
    const text = `[${'{"traceId":"1","id":"1"},'.repeat(100_000)}{"traceId":"1","id":"2"}]`;
    expect(decodeStoredSpans(text).spans).toHaveLength(100_001);
  });

  it.each(['', '{}', '[{"traceId":"1"', 'null'])('refuses %j', (text) => {
    expect(() => decodeStoredSpans(text)).toThrow(expect.objectContaining({ name: 'ZipkinError' }));
  });
});
