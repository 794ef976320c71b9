import { describe, expect, it } from 'vitest';
import { decodeSpans } from './decode/decode.js';
import { encodeV1 } from './encode-v1.js';
import { loadCases } from './load-cases.spec.helper.js';
import { mergeSpans } from './trace/merge.js';
import type { Span } from './span.js';

const cases = await loadCases<unknown[], Span[]>('v1-to-v2.json');
const T = 1472470996199000;
const client = { serviceName: 'client', ipv4: '10.0.0.1' };
const executor = { serviceName: 'executor', ipv4: '10.0.0.2' };
const ids = { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '00000000000000b1' };

const readV1 = (text: string): Span[] => decodeSpans(text, { format: 'v1' });
const v1Of = (span: Span): unknown => (JSON.parse(encodeV1([span])) as unknown[])[0];

describe('encodeV1', () => {
  it.each(cases)('writes what Zipkin reads back as the same spans: $name', ({ expected }) => {
    expect(readV1(encodeV1(expected))).toEqual(expected);
  });

  it('gives a tag that is called like an address no endpoint, so that nobody takes it for one', () => {
    const span: Span = { ...ids, localEndpoint: client, tags: { sa: 'x', k: 'v' } };
    expect(v1Of(span)).toMatchObject({
      binaryAnnotations: [
        { key: 'sa', value: 'x' },
        { key: 'k', value: 'v', endpoint: client },
      ],
    });
    expect(readV1(encodeV1([span]))).toEqual([{ ...span, tags: { k: 'v' } }]);
    const only: Span = { ...ids, localEndpoint: client, remoteEndpoint: executor, tags: { sa: 'x' } };
    expect(readV1(encodeV1([only]))).toEqual([{ ...only, tags: undefined }]);
  });

  it('gives a client span cs and cr with its endpoint, tags as binary annotations and the server as sa', () => {
    const span: Span = {
      ...ids,
      kind: 'CLIENT',
      name: 'get',
      timestamp: T,
      duration: 207,
      localEndpoint: client,
      remoteEndpoint: executor,
      tags: { 'http.path': '/api' },
    };
    expect(v1Of(span)).toEqual({
      ...ids,
      name: 'get',
      timestamp: T,
      duration: 207,
      annotations: [
        { timestamp: T, value: 'cs', endpoint: client },
        { timestamp: T + 207, value: 'cr', endpoint: client },
      ],
      binaryAnnotations: [
        { key: 'http.path', value: '/api', endpoint: client },
        { key: 'sa', value: true, endpoint: executor },
      ],
    });
  });

  it('gives a shared server half its times by annotations only', () => {
    const span: Span = {
      ...ids,
      kind: 'SERVER',
      shared: true,
      timestamp: T,
      duration: 9,
      localEndpoint: executor,
    };
    expect(v1Of(span)).toEqual({
      ...ids,
      annotations: [
        { timestamp: T, value: 'sr', endpoint: executor },
        { timestamp: T + 9, value: 'ss', endpoint: executor },
      ],
    });
  });

  it('gives a local span without tags the marker lc, so that its endpoint survives', () => {
    expect(v1Of({ ...ids, timestamp: T, duration: 5, localEndpoint: client })).toEqual({
      ...ids,
      timestamp: T,
      duration: 5,
      binaryAnnotations: [{ key: 'lc', value: '', endpoint: client }],
    });
  });

  it.each(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER', undefined] as const)(
    'sends a %s span in an opening and a closing piece that join to the whole',
    (kind) => {
      const whole: Span = {
        ...ids,
        ...(kind && { kind }),
        name: 'work',
        timestamp: T,
        duration: 50,
        localEndpoint: client,
        annotations: [{ timestamp: T + 5, value: 'half way' }],
        tags: { k: 'v' },
      };
      const { duration: _, annotations: __, tags: ___, ...open } = whole;
      expect(v1Of(open)).toMatchObject({ timestamp: T });
      const pieces = [...readV1(encodeV1([open])), ...readV1(encodeV1([whole]))];
      expect(mergeSpans(pieces)).toEqual([whole]);
      expect(mergeSpans(pieces.toReversed())).toEqual([whole]);
    },
  );

  it('keeps the two halves of a shared span apart', () => {
    const halves: Span[] = [
      { ...ids, kind: 'CLIENT', timestamp: T, duration: 90, localEndpoint: client },
      { ...ids, kind: 'SERVER', shared: true, timestamp: T + 10, duration: 50, localEndpoint: executor },
    ];
    expect(readV1(encodeV1(halves))).toEqual(halves);
  });

  it('writes the endpoint of an annotation where it has one of its own', () => {
    const elsewhere = { serviceName: 'client', ipv4: '10.0.0.9', port: 99 };
    const span: Span = {
      ...ids,
      kind: 'CLIENT',
      timestamp: T,
      localEndpoint: client,
      annotations: [{ timestamp: T + 1, value: 'seen', endpoint: elsewhere }],
    };
    expect(v1Of(span)).toMatchObject({
      annotations: [{ endpoint: client }, { timestamp: T + 1, value: 'seen', endpoint: elsewhere }],
    });
  });

  it('does not let an annotation of the user called "cs" change the span', () => {
    const span: Span = {
      ...ids,
      kind: 'SERVER',
      timestamp: T,
      duration: 5,
      localEndpoint: client,
      annotations: [{ timestamp: T + 1, value: 'cs' }],
    };
    expect(readV1(encodeV1([span]))).toEqual([span]);
  });

  it("never holds the bytes by which Zipkin's v1 endpoint takes a body for v2", () => {
    const span: Span = {
      ...ids,
      name: 'createEndpoint',
      localEndpoint: client,
      tags: { tags: 'x"tags', userEndpoint: '"tags"', z: 'tags' },
    };
    const text = encodeV1([span]);
    expect(text).not.toMatch(/Endpoint"|"tags"/);
    expect(v1Of(span)).toEqual({
      ...ids,
      name: 'createEndpoint',
      binaryAnnotations: Object.entries(span.tags!).map(([key, value]) => ({ key, value, endpoint: client })),
    });
  });
});
