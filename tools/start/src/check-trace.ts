import type { Span } from '@distrace/zipkin';
import {
  expectedOrder,
  expectedTree,
  FLAG_WORDS,
  MIN_CHUNKS,
  rowInZipkin,
  TAGS_OF_EVERY_SPAN,
} from './golden-tree.ts';
import type { Edge, ExpectedSpan } from './golden-tree.ts';

/** What is known about the task that left the trace. */
export interface CheckOptions {
  /** `chunks` of the task's result. */
  readonly chunks: number;
  /** False when the client answered 202, so that its request ended before the task. Default true. */
  readonly answered?: boolean;
  /**
   * How much later than its successor an edge may seem, in microseconds. Default {@link clockTolerance}.
   */
  readonly toleranceMicros?: number;
  /** True for what was read from Zipkin, which keeps names in lower case. Default false: names to the letter. */
  readonly fromZipkin?: boolean;
}

/** Whether a trace is the golden tree; each text names one difference. */
export type TraceCheck =
  | { readonly complete: true }
  | {
      readonly complete: false;
      /** What may still arrive: spans and the ends of open ones. */
      readonly missing: readonly string[];
      /** What waiting does not mend: spans too many or without their tags, wrong kind, parent or order, a flag. */
      readonly unexpected: readonly string[];
    };

const keyOf = (service: string | undefined, name: string | undefined) => `${service} "${name}"`;
const titleOf = (span: Span) => keyOf(span.localEndpoint?.serviceName, span.name);
const titleOfRow = (row: ExpectedSpan) => keyOf(row.service, row.name);
const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/**
 * Compares the merged spans of one trace with the golden tree: service, name, kind, parent, cardinality,
 * annotations, tags, order of starts and ends, and that no flag leaked. Pure; times themselves are not compared.
 */
export function checkTrace(spans: readonly Span[], options: CheckOptions): TraceCheck {
  const missing: string[] = [];
  const unexpected: string[] = [];
  const byTitle = Map.groupBy(spans, titleOf);
  const byId = new Map(spans.map((span) => [span.id, span]));
  const tree = options.fromZipkin ? expectedTree.map(rowInZipkin) : expectedTree;

  for (const row of tree) {
    const found = byTitle.get(titleOfRow(row)) ?? [];
    const wanted = row.count === 'one' ? 1 : Math.max(options.chunks, MIN_CHUNKS);
    if (found.length < wanted)
      missing.push(`${titleOfRow(row)} (${counted(found.length, 'span')} of ${wanted})`);
    if (found.length > wanted) unexpected.push(`${titleOfRow(row)} ${found.length} times, not ${wanted}`);
    for (const span of found) {
      missing.push(...lacks(span));
      unexpected.push(...lacksForEver(span, row), ...differs(span, row, byId));
    }
  }
  const titles = new Set(tree.map((row) => titleOfRow(row)));
  for (const [title, found] of byTitle) {
    if (!titles.has(title))
      unexpected.push(`${title} (${counted(found.length, 'span')}) has no place in the tree`);
  }
  if (new Set(spans.map(({ traceId }) => traceId)).size > 1) unexpected.push('spans of more than one trace');
  unexpected.push(...leaks(spans), ...disorder(spans, byId, options));
  return missing.length + unexpected.length === 0
    ? { complete: true }
    : { complete: false, missing, unexpected };
}

/** What an open span lacks may still come with its end. */
function lacks(span: Span): string[] {
  return [
    ...(span.timestamp === undefined ? [`the start of ${titleOf(span)}`] : []),
    ...(span.duration === undefined ? [`the end of ${titleOf(span)}`] : []),
  ];
}

/** What a span lacks that has ended; an open one may still get it. */
function lacksForEver(span: Span, row: ExpectedSpan): string[] {
  if (span.duration === undefined) return [];
  const values = new Set(span.annotations?.map(({ value }) => value));
  return [
    ...(row.annotations ?? []).filter((one) => !values.has(one)).map((one) => `annotation ${one}`),
    ...[...TAGS_OF_EVERY_SPAN, ...(row.tags ?? [])]
      .filter((one) => span.tags?.[one] === undefined)
      .map((one) => `tag ${one}`),
  ].map((what) => `${titleOf(span)} has no ${what}`);
}

function differs(span: Span, row: ExpectedSpan, byId: ReadonlyMap<string, Span>): string[] {
  const differences: string[] = [];
  if (span.kind !== row.kind) {
    differences.push(`${titleOf(span)} is ${span.kind ?? 'INTERNAL'}, not ${row.kind ?? 'INTERNAL'}`);
  }
  const parent = span.parentId === undefined ? undefined : byId.get(span.parentId);
  // A parent that is not there yet is missing as a span already.
  const isKnown = span.parentId === undefined || parent !== undefined;
  if (isKnown && parent?.name !== row.parent) {
    const stands = parent === undefined ? 'is a root' : `stands under ${titleOf(parent)}`;
    differences.push(
      `${titleOf(span)} ${stands}, not ${row.parent === undefined ? 'a root' : `under "${row.parent}"`}`,
    );
  }
  return differences;
}

/** Stack traces are left out: they name source files, and a file may be about flags. */
function leaks(spans: readonly Span[]): string[] {
  return spans.flatMap((span) => {
    const tags = Object.entries(span.tags ?? {}).filter(([key]) => !key.startsWith('stacktrace.'));
    const text = JSON.stringify([{ ...span, tags: undefined }, tags]).toLowerCase();
    const word = FLAG_WORDS.find((one) => text.includes(one));
    return word === undefined ? [] : [`${titleOf(span)} shows a flag ('${word}')`];
  });
}

const edgeInZipkin = ([edge, name]: Edge): Edge => [edge, name.toLowerCase()];

const nameOf = ([edge, name]: Edge) => `the ${edge} of "${name}"`;

function timesOf(spans: readonly Span[], [edge, name]: Edge): number[] {
  return spans
    .filter((span) => span.name === name)
    .map(({ timestamp, duration }) =>
      timestamp === undefined || (edge === 'end' && duration === undefined)
        ? Number.NaN
        : timestamp + (edge === 'end' ? duration! : 0),
    )
    .filter((time) => !Number.isNaN(time));
}

/**
 * The most that a wall clock is slewed by, per microsecond. Linux' own adjustment stops at 500 ppm, but time daemons
 * and hypervisors go beyond: 21.7 ms were seen in the trace of a task that waited half a minute among 200.
 */
const MAX_CLOCK_SLEW = 2_000e-6;

/**
 * How far the SDK's times may be off against each other, in microseconds. It takes the start of a span from
 * Date.now(), which cuts to milliseconds, and its duration from the monotonic clock: an end is a millisecond
 * early at most, plus what the wall clock was slewed by since the start.
 */
function clockTolerance(spans: readonly Span[]): number {
  const longest = Math.max(0, ...spans.map(({ duration = 0 }) => duration));
  return 1_000 + Math.ceil(longest * MAX_CLOCK_SLEW);
}

function disorder(
  spans: readonly Span[],
  byId: ReadonlyMap<string, Span>,
  { answered = true, toleranceMicros = clockTolerance(spans), fromZipkin = false }: CheckOptions,
): string[] {
  const late = expectedOrder
    .filter(({ onlyWhenAnswered }) => answered || !onlyWhenAnswered)
    .map(({ first, next }) =>
      fromZipkin ? { first: edgeInZipkin(first), next: edgeInZipkin(next) } : { first, next },
    )
    .map(({ first, next }) => {
      const by = Math.max(...timesOf(spans, first)) - Math.min(...timesOf(spans, next));
      return by > toleranceMicros ? `${nameOf(first)} comes ${by} µs after ${nameOf(next)}` : undefined;
    });
  const early = spans.map((span) => {
    const parent = span.parentId === undefined ? undefined : byId.get(span.parentId);
    const by = (parent?.timestamp ?? Number.NaN) - (span.timestamp ?? Number.NaN);
    return by > toleranceMicros ? `${titleOf(span)} starts ${by} µs before its parent` : undefined;
  });
  return [...late, ...early].filter((one) => one !== undefined);
}
