import { decodeSpans, encodeV1, encodeV2 } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { postedCases } from './cases.ts';
import { ask, askUntilThere } from './talk.ts';
import { startViewer } from './viewer.ts';
import type { Viewer } from './viewer.ts';

const zipkinUrl = inject('zipkinUrl');
const cases = postedCases();

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
