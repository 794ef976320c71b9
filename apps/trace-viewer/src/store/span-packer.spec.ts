import { encodeSpanV2, type Span } from '@distrace/zipkin';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpanPacker } from './span-packer.js';

const TRACE = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
const CLIENT = { serviceName: 'client', ipv4: '10.0.0.1', port: 3000 };
const RABBIT = { serviceName: 'rabbitmq', ipv4: '10.0.0.9', port: 5672 };
const WIDE = /[\u0100-\uffff]/;

const spanOf = (fields: Partial<Span>): Span => ({
  traceId: TRACE,
  id: '00000000000000a1',
  name: 'send',
  timestamp: 1,
  ...fields,
});

describe('SpanPacker', () => {
  it.each<[string, Partial<Span>]>([
    ['no endpoint', {}],
    ['a local endpoint', { localEndpoint: CLIENT }],
    ['both', { localEndpoint: CLIENT, remoteEndpoint: RABBIT }],
    ['a remote one only', { remoteEndpoint: RABBIT }],
    ['a peer without a name', { localEndpoint: CLIENT, remoteEndpoint: { ipv4: '10.0.0.7', port: 40_001 } }],
    [
      'braces and quotes in names',
      { localEndpoint: { serviceName: 'a}","b":{' }, remoteEndpoint: { serviceName: '}' } },
    ],
    ['the mark itself', { localEndpoint: { serviceName: '\u0001 ' }, tags: { '\u0001 ': '\u0001!' } }],
    ['wide characters', { localEndpoint: { serviceName: 'ключ' }, tags: { a: '日本', б: '1' } }],
    [
      'a name that looks like an endpoint',
      { name: '"localendpoint":{"localEndpoint":{}', localEndpoint: CLIENT },
    ],
    ['the id of another trace', { traceId: '9c3f5a7b1d2e4f60', localEndpoint: CLIENT }],
    ['an endpoint that is long', { localEndpoint: { serviceName: 'x'.repeat(5000) } }],
    ['no tag in its tags', { tags: {}, debug: true }],
    ['tags before flags', { localEndpoint: CLIENT, tags: { a: '1', b: '' }, debug: true, shared: true }],
    ['annotations', { annotations: [{ timestamp: 2, value: 'sr' }], tags: { sr: 'sr' }, shared: true }],
    ['what Zipkin takes for v1', { tags: { binaryAnnotations: 'yAnnotations', 'a"yAnnotations': '\u2028' } }],
    ['tags of no name and of odd ones', { tags: { '': '', toString: 'x', '2': 'b', '1': 'a' } }],
  ])('gives back what it was given: %s', (_, fields) => {
    const packer = new SpanPacker();
    const span = spanOf(fields);
    const packed = packer.pack(span, TRACE);
    expect(packer.unpack(packed, TRACE)).toBe(encodeSpanV2(span));
    expect(packer.pack(span, TRACE)).toBe(packed);
  });

  it('gives back any tags, whatever came before', () => {
    const packer = new SpanPacker();
    const text = fc.string({ unit: 'binary', maxLength: 12 });
    fc.assert(
      fc.property(fc.dictionary(text, text, { maxKeys: 6, noNullPrototype: true }), (tags) => {
        const span = spanOf({ localEndpoint: CLIENT, tags });
        expect(packer.unpack(packer.pack(span, TRACE), TRACE)).toBe(encodeSpanV2(span));
      }),
    );
  });

  it('leaves out the trace id, and endpoints and tags it has seen', () => {
    const span = spanOf({ localEndpoint: CLIENT, remoteEndpoint: RABBIT, tags: { a: '1', b: '2' } });
    const packed = new SpanPacker().pack(span, TRACE);
    expect(packed).toBe(
      '","id":"00000000000000a1","name":"send","timestamp":1,\u0001!\u0001"\u0001 \u0001$,\u0001&}}',
    );
  });

  it('keeps endpoints as they are when there are too many, and still knows the first ones', () => {
    const packer = new SpanPacker();
    const spans = Array.from({ length: 500 }, (_, port) =>
      spanOf({ localEndpoint: { ...CLIENT, port: port + 1 } }),
    );
    const packed = spans.map((span) => packer.pack(span, TRACE));
    expect(packed.map((one) => packer.unpack(one, TRACE))).toEqual(spans.map(encodeSpanV2));
    expect(packed.filter((one) => one.includes('serviceName'))).toHaveLength(500 - 224);
    expect(packer.pack(spans[3]!, TRACE)).toBe(packed[3]);
    // Every code is one byte a character: a wide one would double the text.
    expect(packed.every((one) => !WIDE.test(one))).toBe(true);
  });

  it('keeps the values of a key as they are from the 17th on', () => {
    const packer = new SpanPacker();
    const packed = Array.from({ length: 20 }, (_, id) =>
      packer.pack(spanOf({ tags: { 'task.id': `task ${id}` } }), TRACE),
    );
    expect(packed.filter((one) => one.includes('task '))).toHaveLength(4);
    expect(packed.filter((one) => one.includes('task.id'))).toEqual([]);
  });

  it('keeps keys as they are when there are too many, and takes a bounded room for them', () => {
    const packer = new SpanPacker();
    const spans = Array.from({ length: 10_000 }, (_, at) => spanOf({ tags: { [`key ${at}`]: 'x' } }));
    const packed = spans.map((span) => packer.pack(span, TRACE));
    expect(packed.map((one) => packer.unpack(one, TRACE))).toEqual(spans.map(encodeSpanV2));
    expect(packed.filter((one) => one.includes('key '))).toHaveLength(10_000 - (192 + 32 * 224) / 2);
    expect(packed.every((one) => !WIDE.test(one))).toBe(true);
  });
});
