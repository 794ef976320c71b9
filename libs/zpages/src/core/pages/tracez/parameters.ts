import { quoted, ZpagesProblem } from '../../http/problem.js';
import type { Parameters } from '../../http/target.js';
import type { Ref } from './ref.js';

/** Which rows the table shows. */
export const selections = ['all', 'running', 'errors', 'messaging'] as const;
export type Selection = (typeof selections)[number];

/** What the table shows and in which order. */
export interface TableChoice {
  /** Part of the name, whatever its case. */
  readonly filter: string;
  readonly only: Selection;
  /** `name`, `running`, `errors`, `p50`, `p95`, `p99`, `lag`, `redelivered`, or `bucket0` … */
  readonly sort: string;
  readonly descending: boolean;
}

/** What a request for /tracez asks for. */
export type TracezView =
  | ({ readonly view: 'names'; readonly notice?: string } & TableChoice)
  | { readonly view: 'row'; readonly ref: Ref }
  | { readonly view: 'running'; readonly ref?: Ref }
  | { readonly view: 'error'; readonly ref: Ref }
  | { readonly view: 'latency'; readonly ref: Ref; readonly bucket: number }
  | { readonly view: 'trace'; readonly traceId: string };

/**
 * Reads the parameters of /tracez: our own, or the older `zspanname`, `ztype` (0 running, 1 latency, 2 error)
 * and `zlatencybucket` or `zsubtype`.
 *
 * @throws ZpagesProblem 400 for a value that breaks a rule.
 */
export function parseView(parameters: Parameters, bucketCount: number): TracezView {
  const trace = parameters.get('trace');
  if (trace !== undefined) return { view: 'trace', traceId: traceIdOf(trace) };
  const legacy = parameters.get('ztype');
  const type = parameters.get('type') ?? (legacy === undefined ? undefined : LEGACY_TYPES.get(legacy));
  if (type === undefined && legacy !== undefined) {
    // The older pages showed the summary for any other value, and their links are about.
    const notice = `ztype is 0 (running), 1 (latency) or 2 (error), got ${quoted(legacy)}; here are all names.`;
    return { view: 'names', ...tableChoice(parameters, bucketCount), notice };
  }
  const ref = refFrom(parameters);
  if (type === undefined) {
    return ref === undefined
      ? { view: 'names', ...tableChoice(parameters, bucketCount) }
      : { view: 'row', ref };
  }
  if (type === 'running') return { view: 'running', ref };
  if (type !== 'latency' && type !== 'error') {
    throw bad(`type is running, latency or error, got ${quoted(type)}. Correct it or leave it out.`);
  }
  const bucket = type === 'latency' ? bucketFrom(parameters, bucketCount) : undefined;
  if (ref === undefined) throw bad(`type=${type} needs name, hash or overflow to say which row. Add one.`);
  return bucket === undefined ? { view: 'error', ref } : { view: 'latency', ref, bucket };
}

const LEGACY_TYPES = new Map([
  ['0', 'running'],
  ['1', 'latency'],
  ['2', 'error'],
]);

function refFrom(parameters: Parameters): Ref | undefined {
  const overflow = parameters.get('overflow');
  if (overflow !== undefined) {
    if (overflow === '1') return { by: 'overflow' };
    throw bad(`overflow is 1, got ${quoted(overflow)}. Correct it or leave it out.`);
  }
  const hash = parameters.get('hash');
  if (hash !== undefined) {
    if (/^[0-9a-f]{16}$/.test(hash)) return { by: 'hash', hash };
    throw bad(`hash is 16 hexadecimal digits, got ${quoted(hash)}. Take the link from the table.`);
  }
  const name = parameters.get('name') ?? parameters.get('zspanname');
  return name === undefined ? undefined : { by: 'name', name };
}

function bucketFrom(parameters: Parameters, bucketCount: number): number {
  const own = parameters.get('bucket');
  if (own !== undefined) return parseBucket(own, bucketCount);
  const legacy = parameters.get('zlatencybucket') ?? parameters.get('zsubtype');
  if (legacy !== undefined) return parseBucket(legacy, bucketCount);
  if (parameters.has('ztype')) return 0;
  throw bucketProblem('none', bucketCount);
}

/**
 * The index of a latency bucket.
 *
 * @throws ZpagesProblem 400.
 */
export function parseBucket(text: string, bucketCount: number): number {
  if (/^\d{1,4}$/.test(text) && Number(text) < bucketCount) return Number(text);
  throw bucketProblem(quoted(text), bucketCount);
}

function bucketProblem(got: string, bucketCount: number): ZpagesProblem {
  const rule = `A latency bucket is a whole number from 0 to ${bucketCount - 1}, got ${got}.`;
  return new ZpagesProblem(400, 'DT_ERR_ZPAGES_BUCKET', `${rule} Take the link from the table.`);
}

function traceIdOf(text: string): string {
  const id = text.trim().toLowerCase();
  if (/^[0-9a-f]{32}$/.test(id)) return id;
  throw bad(`A trace id is 32 hexadecimal digits, got ${quoted(text)}. Paste the whole id.`);
}

function tableChoice(parameters: Parameters, bucketCount: number): TableChoice {
  const sort = parameters.get('sort') ?? 'name';
  const bucket = /^bucket(\d{1,4})$/.exec(sort)?.[1];
  const known = bucket === undefined ? COLUMNS.has(sort) : Number(bucket) < bucketCount;
  if (!known) {
    throw bad(
      `sort is ${[...COLUMNS].join(', ')} or bucket0 to bucket${bucketCount - 1}, got ${quoted(sort)}.`,
    );
  }
  const order = parameters.get('order') ?? (sort === 'name' ? 'asc' : 'desc');
  if (order !== 'asc' && order !== 'desc') throw bad(`order is asc or desc, got ${quoted(order)}.`);
  const only = parameters.get('only') ?? 'all';
  if (!isSelection(only)) throw bad(`only is ${selections.join(', ')}, got ${quoted(only)}.`);
  return { filter: parameters.get('q') ?? '', only, sort, descending: order === 'desc' };
}

const COLUMNS: ReadonlySet<string> = new Set([
  'name',
  'running',
  'errors',
  'p50',
  'p95',
  'p99',
  'redelivered',
  'lag',
]);

function isSelection(text: string): text is Selection {
  return (selections as readonly string[]).includes(text);
}

function bad(message: string): ZpagesProblem {
  return new ZpagesProblem(400, 'DT_ERR_ZPAGES_PARAMETER', message);
}
