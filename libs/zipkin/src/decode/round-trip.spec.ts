import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeV1 } from '../encode-v1.js';
import { encodeSpanV2, encodeV2 } from '../encode-v2.js';
import { asV1Holds, hostileTexts } from '../hostile.spec.helper.js';
import { clean } from '../random.spec.helper.js';
import type { Annotation, Endpoint, Kind, Span } from '../span.js';
import { utf8 } from '../utf8.spec.helper.js';
import { decodeSpans } from './decode.js';
import { detectFormat } from './detect.js';

const hexOf = (length: number): fc.Arbitrary<string> =>
  fc
    .string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length })
    .filter((id) => /[^0]/.test(id) && !(length === 32 && id.startsWith('0'.repeat(16))));

const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
  fc.constantFrom(...hostileTexts),
);

const lowerText = text.map((any) => any.toLowerCase()).filter((any) => any !== '');
const time = fc.integer({ min: 1, max: 2 ** 53 - 1 });

const endpoint: fc.Arbitrary<Endpoint | undefined> = fc
  .record(
    {
      serviceName: lowerText,
      ipv4: fc.ipV4(),
      ipv6: fc.constantFrom('::1', '2001:db8::c001', '1:2:3:4:5:6:7::'),
      port: fc.integer({ min: 1, max: 65_535 }),
    },
    { requiredKeys: [] },
  )
  .map((fields) => (Object.keys(fields).length > 0 ? fields : undefined));

const annotations: fc.Arbitrary<readonly Annotation[] | undefined> = fc
  .uniqueArray(fc.record({ timestamp: fc.integer({ min: -5, max: 2 ** 53 - 1 }), value: text }), {
    maxLength: 5,
    selector: ({ timestamp, value }) => `${timestamp} ${value}`,
  })
  .map((list) =>
    list.length > 0
      ? list.toSorted((a, b) => a.timestamp - b.timestamp || (a.value < b.value ? -1 : 1))
      : undefined,
  );

const tags: fc.Arbitrary<Readonly<Record<string, string>> | undefined> = fc
  .array(fc.tuple(text, text), { maxLength: 5 })
  .map((entries) => (entries.length > 0 ? Object.fromEntries(entries) : undefined));

const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Any normalised span. */
const anySpan: fc.Arbitrary<Span> = fc
  .record({
    traceId: fc.oneof(hexOf(16), hexOf(32)),
    parentId: maybe(hexOf(16)),
    id: hexOf(16),
    kind: maybe(fc.constantFrom<Kind>('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER')),
    name: maybe(lowerText),
    timestamp: maybe(time),
    duration: maybe(time),
    localEndpoint: endpoint,
    remoteEndpoint: endpoint,
    annotations,
    tags,
    debug: maybe(fc.constant(true)),
    shared: maybe(fc.constant(true)),
  })
  .map((span) =>
    clean({
      ...span,
      parentId: span.parentId === span.id ? undefined : span.parentId,
      shared: span.kind === 'CLIENT' ? undefined : span.shared,
    }),
  );

const someSpans = fc.array(anySpan, { maxLength: 4 });

describe('there and back', () => {
  it('gives the same spans through v2, as text and as bytes', () => {
    fc.assert(
      fc.property(someSpans, (spans) => {
        const written = encodeV2(spans);
        expect(decodeSpans(written, { format: 'v2' })).toEqual(spans);
        // Half of a surrogate pair is spelt out in JSON, so bytes hold it too.
        expect(decodeSpans(utf8(written), { format: 'v2' })).toEqual(spans);
      }),
    );
  });

  it('gives the same span of sixteen zeros through v2, an id that Zipkin makes of "0" and does not take', () => {
    const spans = decodeSpans('[{"traceId":"1","id":"0","tags":{"a":"b"}},{"traceId":"1","id":"2"}]');
    expect(spans[0]!.id).toBe('0000000000000000');
    expect(decodeSpans(encodeV2(spans))).toEqual(spans);
    expect(() => decodeSpans(`[${encodeSpanV2(spans[0]!)}]`)).toThrow('not all 0');
  });

  it('gives the same spans through v1, where v1 can hold them', () => {
    fc.assert(
      fc.property(someSpans, (any) => {
        const spans = any.map(asV1Holds);
        expect(decodeSpans(encodeV1(spans), { format: 'v1' })).toEqual(spans);
      }),
      { numRuns: 500 },
    );
  });

  it('loses through v1 what v1 cannot hold, but never the number of spans, ids, names or the rest of the tags', () => {
    fc.assert(
      fc.property(someSpans, (spans) => {
        const back = decodeSpans(encodeV1(spans), { format: 'v1' });
        expect(
          back.map(({ traceId, parentId, id, name, debug, tags }) => ({
            traceId,
            parentId,
            id,
            name,
            debug,
            tags,
          })),
        ).toEqual(
          spans.map((span) => {
            const { traceId, parentId, id, name, debug, tags } = asV1Holds(span);
            return { traceId, parentId, id, name, debug, tags };
          }),
        );
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(someSpans, (spans) => {
        const once = decodeSpans(encodeV1(spans), { format: 'v1' });
        expect(decodeSpans(encodeV2(once), { format: 'v2' })).toEqual(once);
      }),
    );
  });

  it('is seen as the format that it is, whatever the strings are', () => {
    fc.assert(
      fc.property(anySpan, ({ tags, ...span }) => {
        expect(detectFormat(JSON.parse(encodeV2([{ ...span, tags: { k: 'v', ...tags } }])))).toBe('v2');
        const written = encodeV1([{ ...span, tags: { k: 'v', ...tags } }]);
        expect(detectFormat(JSON.parse(written))).toBe('v1');
        // Zipkin's own endpoints look for these bytes.
        expect(written).not.toMatch(/Endpoint"|"tags"/);
      }),
    );
  });
});
