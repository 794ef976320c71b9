import { encodeSpanV2, type Span } from '@distrace/zipkin';
import { describe, expect, it } from 'vitest';
import { SpanPacker } from './span-packer.js';

const TRACE = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
const CLIENT = { serviceName: 'client', ipv4: '10.0.0.1', port: 3000 };
const RABBIT = { serviceName: 'rabbitmq', ipv4: '10.0.0.9', port: 5672 };

const textOf = (fields: Partial<Span>): string =>
  encodeSpanV2({ traceId: TRACE, id: '00000000000000a1', name: 'send', timestamp: 1, ...fields });

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
    ['wide characters', { localEndpoint: { serviceName: 'ключ' }, tags: { a: '日本' } }],
    [
      'a name that looks like an endpoint',
      { name: '"localendpoint":{"localEndpoint":{}', localEndpoint: CLIENT },
    ],
    ['the id of another trace', { traceId: '9c3f5a7b1d2e4f60', localEndpoint: CLIENT }],
    ['an endpoint that is long', { localEndpoint: { serviceName: 'x'.repeat(1000) } }],
  ])('gives back what it was given: %s', (_, fields) => {
    const packer = new SpanPacker();
    const text = textOf(fields);
    const packed = packer.pack(text, TRACE);
    expect(packer.unpack(packed, TRACE)).toBe(text);
    expect(packer.pack(text, TRACE)).toBe(packed);
  });

  it('leaves out the trace id, and endpoints it has seen', () => {
    const text = textOf({ localEndpoint: CLIENT, remoteEndpoint: RABBIT });
    expect(new SpanPacker().pack(text, TRACE)).toBe(
      '","id":"00000000000000a1","name":"send","timestamp":1,\u0001 \u0001!}',
    );
  });

  it('keeps endpoints as they are when there are too many, and still knows the first ones', () => {
    const packer = new SpanPacker();
    const texts = Array.from({ length: 500 }, (_, port) =>
      textOf({ localEndpoint: { ...CLIENT, port: port + 1 } }),
    );
    const packed = texts.map((text) => packer.pack(text, TRACE));
    expect(packed.map((one) => packer.unpack(one, TRACE))).toEqual(texts);
    expect(packed.filter((one) => one.includes('\u0001'))).toHaveLength(224);
    expect(packer.pack(texts[3]!, TRACE)).toBe(packed[3]);
    // Every code is one byte: a wide one would double the text.
    expect(packed.every((one) => !/[\u0100-\uffff]/.test(one))).toBe(true);
  });
});
