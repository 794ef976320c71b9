import { describe, expect, it } from 'vitest';
import { encodeSpanV2, encodeV2 } from './encode-v2.js';
import { Picks } from './random.spec.helper.js';
import type { Span } from './span.js';

const full: Span = {
  shared: true,
  debug: true,
  tags: { k: 'v' },
  annotations: [{ value: 'seen', timestamp: 7, endpoint: { serviceName: 'elsewhere' } }],
  remoteEndpoint: { port: 5672, serviceName: 'rabbitmq' },
  localEndpoint: { port: 80, ipv6: '::1', ipv4: '127.0.0.1', serviceName: 'client' },
  duration: 5,
  timestamp: 6,
  name: 'get',
  kind: 'SERVER',
  id: '000000000000000b',
  parentId: '000000000000000a',
  traceId: '463ac35c9f6413ad48485a3953bb6124',
};

describe('encodeV2', () => {
  it("writes keys in Zipkin's order and no endpoint of an annotation", () => {
    expect(encodeV2([full])).toBe(
      '[{"traceId":"463ac35c9f6413ad48485a3953bb6124","parentId":"000000000000000a","id":"000000000000000b",' +
        '"kind":"SERVER","name":"get","timestamp":6,"duration":5,' +
        '"localEndpoint":{"serviceName":"client","ipv4":"127.0.0.1","ipv6":"::1","port":80},' +
        '"remoteEndpoint":{"serviceName":"rabbitmq","port":5672},' +
        '"annotations":[{"timestamp":7,"value":"seen"}],"tags":{"k":"v"},"debug":true,"shared":true}]',
    );
  });

  it('leaves out what is empty or false', () => {
    const empty: Span = {
      traceId: '0000000000000001',
      id: '000000000000000b',
      name: '',
      localEndpoint: {},
      annotations: [],
      tags: {},
      debug: false,
      shared: false,
    };
    expect(encodeV2([empty])).toBe('[{"traceId":"0000000000000001","id":"000000000000000b"}]');
    expect(encodeV2([])).toBe('[]');
  });

  it('keeps every normalised span whole', () => {
    const picks = new Picks(2);
    for (let i = 0; i < 2000; i++) {
      const span = picks.span();
      expect(JSON.parse(encodeSpanV2(span))).toEqual(span);
    }
  });

  it('puts a span on one line for any reader of lines', () => {
    const tags = { a: 'one\ntwo\r\u2028three\u2029', __proto__: 'x' };
    const line = encodeSpanV2({ ...full, name: 'a\nb\u2028', tags });
    expect(line).not.toMatch(/[\n\r\u2028\u2029]/);
    expect((JSON.parse(line) as Span).tags).toEqual(tags);
  });

  it('keeps a tag called __proto__', () => {
    const tags = Object.fromEntries([['__proto__', 'x']]);
    expect(encodeSpanV2({ ...full, tags })).toContain('"tags":{"__proto__":"x"}');
  });

  it("never holds the bytes by which Zipkin's v2 endpoint takes a body for v1", () => {
    const tags = { binaryAnnotations: 'x', y: 'yAnnotations' };
    const text = encodeV2([{ ...full, tags }]);
    expect(text).not.toContain('yAnnotations"');
    expect((JSON.parse(text) as Span[])[0]!.tags).toEqual(tags);
  });
});
