import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { READS, REFUSED_WRITES, SPANS, TRACE_IDS } from './api-script.ts';
import { ask, askUntilThere } from './talk.ts';
import type { Said } from './talk.ts';
import { startViewer } from './viewer.ts';
import type { Viewer } from './viewer.ts';

const zipkinUrl = inject('zipkinUrl');

/** What must be the same: an answer to the letter, a refusal by its status; how it is worded is each server's. */
const essence = (path: string, { status, contentType, text }: Said) => {
  const mime = contentType?.split(';')[0];
  return status === 200 ? { status, mime, text: comparable(path, text) } : { status };
};

/**
 * The real Zipkin has spans of other files too, and its names of services are those of all. The order of its links
 * is that of its walk through each trace; ours is sorted.
 */
function comparable(path: string, text: string): unknown {
  if (path.endsWith('/services')) {
    return (JSON.parse(text) as string[]).filter((name) => OUR_NAMES.includes(`"servicename":"${name}"`));
  }
  if (!text.startsWith('[{"parent":')) return text;
  return (JSON.parse(text) as object[]).map((link) => JSON.stringify(link)).toSorted();
}

const OUR_NAMES = SPANS.toLowerCase();

/** A refusal says why; an acceptance says nothing. */
const says = ({ status, text }: Said) => (status >= 400 ? text.length > 10 : text === '');

const keys = ({ text }: Said) => Object.keys(JSON.parse(text) as object);

describe.skipIf(zipkinUrl === '')('the viewer and the real Zipkin', () => {
  let viewer: Viewer | undefined;

  beforeAll(async () => {
    viewer = await startViewer({ AUTOCOMPLETE_KEYS: 'http.method,environment' });
    for (const url of [zipkinUrl, viewer!.url]) {
      const { status, text } = await ask(url, { path: '/api/v2/spans', body: SPANS });
      if (status !== 202 || text !== '') throw new Error(`${url} answers ${status}: ${text}`);
      for (const id of TRACE_IDS) await askUntilThere(url, `/api/v2/trace/${id}`);
    }
  });
  afterAll(() => viewer?.[Symbol.asyncDispose]());

  for (const [about, asks] of Object.entries(READS)) {
    it.each(asks.map((one) => [one.path, one] as const))(
      `say the same about ${about}: %s`,
      async (_, one) => {
        const [theirs, ours] = await Promise.all([ask(zipkinUrl, one), ask(viewer!.url, one)]);
        expect(essence(one.path, ours)).toEqual(essence(one.path, theirs));
        expect(ours.text === '').toBe(theirs.text === '');
      },
    );
  }

  it.each(REFUSED_WRITES.map((one) => [`${one.path} ${String(one.body)}`, one] as const))(
    'take and refuse the same: %s',
    async (_, one) => {
      const [theirs, ours] = await Promise.all([ask(zipkinUrl, one), ask(viewer!.url, one)]);
      expect(ours.status).toBe(theirs.status);
      expect(ours).toSatisfy(says);
      // Nothing of a refused list is kept.
      expect(await ask(viewer!.url, { path: '/api/v2/trace/d1' })).toMatchObject({ status: 404 });
    },
  );

  it('have the same about themselves where clients look', async () => {
    for (const path of ['/zipkin/config.json', '/info', '/health']) {
      const [theirs, ours] = await Promise.all([ask(zipkinUrl, { path }), ask(viewer!.url, { path })]);
      expect(ours.status).toBe(theirs.status);
      expect(keys(ours)).toEqual(expect.arrayContaining(keys(theirs)));
    }
  });
});
