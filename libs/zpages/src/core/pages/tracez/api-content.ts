import { mapInSlices, nextTurn } from '../../http/in-slices.js';
import { decodeComponent } from '../../http/percent.js';
import { quoted, ZpagesProblem } from '../../http/problem.js';
import type { ZpagesCore } from '../../query.js';
import type { PageContent, PageRequest } from '../page.js';
import { fittingInSlices } from '../within.js';
import { errorData, latencyData, runningData, tracezCounts } from './api.js';
import { ask } from './ask.js';
import { parseBucket } from './parameters.js';
import { show } from './shown.js';

/**
 * The specification's paths `api/aggregations`, `api/latency/{bucket}/{name}`, `api/running/{name}` and
 * `api/error/{name}`: always JSON, a list of its messages. A `/` in a name may be escaped or not.
 */
export async function apiContent(
  core: ZpagesCore,
  { rest, sensitive, maxBytes }: PageRequest,
  { bucketCount, limit }: { readonly bucketCount: number; readonly limit: number },
): Promise<PageContent> {
  const list = await messages(core, rest, sensitive, bucketCount, limit);
  const json = async () => (await fittingInSlices(list, maxBytes)).items;
  return {
    title: 'tracez API',
    only: 'json',
    json,
    html: () => [],
    text: () => [],
  };
}

async function messages(
  core: ZpagesCore,
  rest: string,
  sensitive: boolean,
  bucketCount: number,
  limit: number,
): Promise<readonly object[]> {
  const [, api, kind, ...parts] = rest.split('/');
  if (api === 'api' && kind === 'aggregations' && parts.join('') === '') {
    const { rows } = ask(core, { kind: 'aggregations' });
    await nextTurn();
    return mapInSlices(rows, (row) => tracezCounts(show(row, sensitive)));
  }
  if (api === 'api' && kind === 'latency' && parts.length >= 2) {
    const bucket = parseBucket(decodeComponent(parts[0] ?? ''), bucketCount);
    const name = nameOf(parts.slice(1));
    const { samples } = ask(core, { kind: 'latency', bucket, name });
    await nextTurn();
    return mapInSlices(samples, (span) => latencyData(show(span, sensitive)));
  }
  if (api === 'api' && kind === 'running' && parts.length > 0) {
    const { spans } = ask(core, { kind: 'running', name: nameOf(parts), limit });
    await nextTurn();
    return mapInSlices(spans, (span) => runningData(show(span, sensitive)));
  }
  if (api === 'api' && kind === 'error' && parts.length > 0) {
    const { samples } = ask(core, { kind: 'error', name: nameOf(parts) });
    await nextTurn();
    return mapInSlices(samples, (span) => errorData(show(span, sensitive)));
  }
  throw new ZpagesProblem(
    404,
    'DT_ERR_ZPAGES_PAGE_UNKNOWN',
    `Below tracez there are api/aggregations, api/latency/{bucket}/{name}, api/running/{name} and api/error/{name}; got ${quoted(rest)}.`,
  );
}

function nameOf(parts: readonly string[]): string {
  return decodeComponent(parts.join('/'));
}
