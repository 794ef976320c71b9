import { decodeSpans, decodeStoredSpans, encodeV1, encodeV2 } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { postedCases } from './cases.ts';
import { ask, askUntilThere } from './talk.ts';
import { startViewer } from './viewer.ts';
import type { Viewer } from './viewer.ts';

const zipkinUrl = inject('zipkinUrl');
const cases = postedCases();

const post = (url: string, spans: string) => ask(url, { path: '/api/v2/spans', body: spans });

describe.skipIf(zipkinUrl === '')('spans posted to the viewer and to the real Zipkin', () => {
  let viewer: Viewer | undefined;
  beforeAll(async () => {
    viewer = await startViewer();
  });
  afterAll(() => viewer?.[Symbol.asyncDispose]());

  it.each(cases.map((one) => [one.name, one] as const))('are read back the same: %s', async (_, one) => {
    const post = { path: `/api/${one.format}/spans`, body: one.body };
    const [theirs, ours] = await Promise.all([ask(zipkinUrl, post), ask(viewer!.url, post)]);
    expect(ours.status).toBe(theirs.status);
    expect(theirs.status).toBe(202);
    for (const id of one.traceIds) {
      const path = `/api/v2/trace/${id}`;
      const read = await askUntilThere(zipkinUrl, path);
      expect((await askUntilThere(viewer!.url, path)).text).toBe(read.text);
      expect(decodeSpans(read.text, { format: 'v2' })).toEqual(JSON.parse(read.text));
    }
  });

  it.each(cases.map((one) => [one.name, one] as const))(
    'are what our decoder makes of them: %s',
    async (_, { format, body, traceIds }) => {
      await ask(zipkinUrl, { path: `/api/${format}/spans`, body });
      const read = await Promise.all(traceIds.map((id) => askUntilThere(zipkinUrl, `/api/v2/trace/${id}`)));
      const theirs = read.flatMap(({ text }) => JSON.parse(text) as Span[]);
      expect(canonical(decodeSpans(body, { format }))).toEqual(canonical(theirs));
    },
  );

  it.each([
    ['a span id of zeros', { traceId: 'f0000000000000a1f0000000000000a1', id: '0' }],
    ['a long trace id of zeros ahead', { traceId: '00000000f0001e9990000', id: '1' }],
  ])(
    'have ids that Zipkin makes and does not take, and we write them as it takes them: %s',
    async (_, ids) => {
      // A day that has no other spans: by the trace id that it made, Zipkin finds nothing.
      const timestamp = Date.UTC(2025, 0, 16) * 1000;
      const path = `/api/v2/traces?endTs=${timestamp / 1000 + 1000}&lookback=2000`;
      const found = async (url: string): Promise<readonly Span[]> => {
        const { text } = await askUntilThere(url, path);
        return (JSON.parse(text) as Span[][]).flat().filter(({ traceId }) => traceId.endsWith(ids.traceId));
      };
      const theirsOf = () => vi.waitUntil(async () => (await found(zipkinUrl)).at(0), { timeout: 20_000 });
      for (const url of [zipkinUrl, viewer!.url])
        expect(await post(url, JSON.stringify([{ ...ids, timestamp }]))).toMatchObject({ status: 202 });
      const theirs = await theirsOf();
      expect(await found(viewer!.url)).toEqual([theirs]);
      expect(await ask(viewer!.url, { path: `/api/v2/trace/${theirs!.traceId}` })).toMatchObject({
        status: 200,
      });
      expect(decodeStoredSpans(JSON.stringify([theirs])).spans).toEqual([theirs]);
      expect(await post(zipkinUrl, encodeV2([theirs!]))).toMatchObject({ status: 202 });
      // Taken for the very same span.
      expect(await found(zipkinUrl)).toEqual([theirs]);
    },
  );

  it.each([
    ['v2', encodeV2],
    ['v1', encodeV1],
  ] as const)('in our own %s come back as they were', async (format, encode) => {
    const T = Date.UTC(2025, 0, 15) * 1000;
    const traceId = `f0000000000000${format === 'v1' ? '01' : '02'}${'0'.repeat(15)}1`;
    const localEndpoint = { serviceName: 'sender', ipv4: '10.0.0.1', port: 80 };
    const spans: readonly Span[] = [
      {
        traceId,
        id: '00000000000000f1',
        kind: 'CLIENT',
        name: 'ask',
        timestamp: T,
        duration: 900,
        localEndpoint,
        remoteEndpoint: { serviceName: 'answerer', ipv6: '2001:db8::2' },
        annotations: [{ timestamp: T + 5, value: 'sent "all" \\ \u{1f600}' }],
        tags: { 'stacktrace.open': 'Error\n    at f (file.js:1:2)', ünïcode: '日本語', empty: '' },
      },
      {
        traceId,
        parentId: '00000000000000f1',
        id: '00000000000000f2',
        name: 'inside',
        timestamp: T + 10,
        duration: 1,
        localEndpoint,
        debug: true,
      },
    ];
    const posted = await ask(zipkinUrl, { path: `/api/${format}/spans`, body: encode(spans) });
    expect(posted).toMatchObject({ status: 202 });
    const read = await askUntilThere(zipkinUrl, `/api/v2/trace/${traceId}`);
    expect(canonical(JSON.parse(read.text) as Span[])).toEqual(canonical(spans.map(withSortedTags)));
  });
});

/** As Zipkin keeps them. */
function withSortedTags({ tags, ...span }: Span): Span {
  const entries = Object.entries(tags ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return tags === undefined ? span : { ...span, tags: Object.fromEntries(entries) };
}

/** In an order that does not depend on when a span came, and once: Zipkin keeps no exact duplicate. */
function canonical(spans: readonly Span[]): readonly string[] {
  return [...new Set(spans.map((span) => encodeV2([span])))].toSorted();
}
