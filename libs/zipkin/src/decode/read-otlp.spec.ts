import { describe, expect, it } from 'vitest';
import { loadCases } from '../load-cases.spec.helper.js';
import type { Span } from '../span.js';
import { decodeSpans } from './decode.js';

const cases = await loadCases<unknown, Span[]>('otlp.json');
const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', spanId: '00000000000000b1' };
const request = (span: object, resource?: object): string =>
  JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [ids, { ...ids, ...span }] }] }] });

describe('OTLP/JSON', () => {
  it.each(cases)('$name', ({ input, expected }) => {
    expect(decodeSpans(JSON.stringify(input))).toEqual(expected);
  });

  it('keeps all digits of an integer that is written as a number', () => {
    const text = request({ attributes: [{ key: 'n', value: { intValue: 'BIG' } }], startTimeUnixNano: 5000 });
    expect(decodeSpans(text.replace('"BIG"', '12345678901234567890'))).toMatchObject([
      {},
      { timestamp: 5, tags: { n: '12345678901234567890' } },
    ]);
  });

  it('takes no port from an object, whatever methods it seems to have', () => {
    const values = ['toString', 'valueOf'].map((key) => ({ key, value: { stringValue: 'x' } }));
    const port = { key: 'server.port', value: { kvlistValue: { values } } };
    const [, span] = decodeSpans(request({ kind: 3, attributes: [port] }));
    expect(span).toMatchObject({ kind: 'CLIENT', tags: { 'server.port': '{"toString":"x","valueOf":"x"}' } });
    expect(span!.remoteEndpoint).toBeUndefined();
  });

  it.each([
    ['traceId', { traceId: '0'.repeat(32) }],
    ['traceId', { traceId: 'abc' }],
    ['traceId', { traceId: 5 }],
    ['spanId', { spanId: '' }],
    ['spanId', { spanId: '????????????' }],
    ['parentSpanId', { parentSpanId: 'x'.repeat(16) }],
    ['name', { name: 5 }],
    ['startTimeUnixNano', { startTimeUnixNano: '-5' }],
    ['endTimeUnixNano', { endTimeUnixNano: {} }],
    ['attributes', { attributes: {} }],
    ['attributes[1]', { attributes: [{ key: 'a' }, null] }],
    ['attributes[0].key', { attributes: [{ value: {} }] }],
    ['attributes[0].value', { attributes: [{ key: 'a', value: 'text' }] }],
    ['attributes[0].value.stringValue', { attributes: [{ key: 'a', value: { stringValue: 5 } }] }],
    ['attributes[0].value.intValue', { attributes: [{ key: 'a', value: { intValue: 'x' } }] }],
    ['attributes[0].value.doubleValue', { attributes: [{ key: 'a', value: { doubleValue: 'x' } }] }],
    ['attributes[0].value.arrayValue', { attributes: [{ key: 'a', value: { arrayValue: [] } }] }],
    ['events', { events: {} }],
    ['events[0]', { events: [5] }],
    ['events[1].timeUnixNano', { events: [{}, { timeUnixNano: 'x' }] }],
    ['events[0].attributes[0].key', { events: [{ attributes: [{}] }] }],
    ['links[0].spanId', { links: [{ traceId: ids.traceId, spanId: 'x' }] }],
  ])('says that %s of the second span is wrong', (field, span) => {
    expect(() => decodeSpans(request(span))).toThrow(
      expect.objectContaining({ code: 'DT_ERR_SPANS_VALUE', index: 1, field }),
    );
  });

  it.each([
    ['resourceSpans', { resourceSpans: {} }],
    ['resourceSpans[0]', { resourceSpans: [null] }],
    ['resourceSpans[0].scopeSpans[1].spans', { resourceSpans: [{ scopeSpans: [{}, { spans: 5 }] }] }],
    ['resourceSpans[0].resource.attributes[0].key', { resourceSpans: [{ resource: { attributes: [{}] } }] }],
  ])('says that %s is wrong, which is of no span', (field, body) => {
    expect(() => decodeSpans(JSON.stringify(body))).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_SPANS_VALUE',
        field,
        message: expect.stringContaining(`"${field}" must`),
      }),
    );
  });
});
