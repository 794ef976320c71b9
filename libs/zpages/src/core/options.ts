import { ZpagesError } from './errors.js';

/** What the aggregator keeps. Each limit is a whole number; 0 keeps none. */
export interface AggregatorOptions {
  /** Lower bounds of the latency buckets, nanoseconds, ascending. Default: 0, 10 µs, 100 µs, 1 ms … 100 s. */
  readonly boundsNanos?: readonly number[];
  /** Samples kept per latency bucket, and for errors, of each name. Default 5. */
  readonly samplesPerBucket?: number;
  /** The least time between two samples of a bucket, apart for sampled and unsampled traces. Default 1,000; 0: none. */
  readonly sampleIntervalMs?: number;
  /** Names with a row of their own; later ones share the overflow row. Default 1,000. */
  readonly maxNames?: number;
  /** UTF-16 units of a name; longer ones that agree so far share a row. Default 4,096, at least 1. */
  readonly maxNameLength?: number;
  /**
   * Running spans that are followed; later ones are only counted. Default 10,000. The oldest 1,000 are held on to; of
   * the others, after 10 s, those that the application still holds.
   */
  readonly maxRunningSpans?: number;
  /** Running spans in an answer: the oldest. Default 20. */
  readonly maxRunningSamples?: number;
  /** The age from which a running span is listed as stuck. Default 60,000. */
  readonly stuckAfterMs?: number;
  /** How long nothing has ended under a name before it makes room for a new one at `maxNames`. Default 600,000. */
  readonly nameIdleMs?: number;
  /** Estimated bytes of all samples together; beyond, the oldest samples go. Default 16 MiB. */
  readonly maxSampleBytes?: number;
  /** Estimated bytes of all other spans of the traces that samples belong to; beyond, whole traces go. Default 8 MiB. */
  readonly maxTraceBytes?: number;
  /** Outlines of ended spans kept of one trace, beside its samples. Default 256. */
  readonly maxTraceSpans?: number;
  /** Outlines of spans that ended last, from which traces are put together once one of their spans is a sample. Default 256. */
  readonly recentSpans?: number;
  /**
   * UTF-16 units of a kept text: an attribute's value, a status message. Default 1,024, at least 1. All of a span's
   * attributes, events and links together have 65,536 (or this, if it is more); what has no room counts as dropped.
   */
  readonly maxValueLength?: number;
  /** Attributes kept of a span, an event or a link. Default 64. */
  readonly maxAttributes?: number;
  /** Lines of events kept of a span, the one that says how many are missing included. Default 10, at least 3. */
  readonly maxEvents?: number;
  /** Links kept of a span. Default 10. */
  readonly maxLinks?: number;
  /** Error groups per name; those not seen for longest share one. Default 20. */
  readonly maxErrorGroups?: number;
  /** Messages on the way from processor to aggregator, 1 to 512. Default 128. */
  readonly handOffCapacity?: number;
  /** Epoch milliseconds. Default Date.now. */
  readonly now?: () => number;
}

/** All options, filled in. */
export type AggregatorSettings = Required<Omit<AggregatorOptions, 'boundsNanos'>>;

const DEFAULTS: AggregatorSettings = {
  samplesPerBucket: 5,
  sampleIntervalMs: 1000,
  maxNames: 1000,
  maxNameLength: 4096,
  maxRunningSpans: 10_000,
  maxRunningSamples: 20,
  stuckAfterMs: 60_000,
  nameIdleMs: 600_000,
  maxSampleBytes: 16 * 1024 * 1024,
  maxTraceBytes: 8 * 1024 * 1024,
  maxTraceSpans: 256,
  recentSpans: 256,
  maxValueLength: 1024,
  maxAttributes: 64,
  maxEvents: 10,
  maxLinks: 10,
  maxErrorGroups: 20,
  handOffCapacity: 128,
  now: () => Date.now(),
};

type Limit = Exclude<keyof AggregatorSettings, 'now'>;

const LEAST: Partial<Record<Limit, number>> = {
  maxNameLength: 1,
  maxValueLength: 1,
  maxEvents: 3,
  handOffCapacity: 1,
};
/** Longer hand-offs make the garbage collector promote every span: twice the price of a span at 65,536. */
const MOST: Partial<Record<Limit, number>> = { handOffCapacity: 512, recentSpans: 65_536 };

/** Fills the defaults in. Throws a ZpagesError for a limit that is none. */
export function settingsOf(options: AggregatorOptions): AggregatorSettings {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: AggregatorSettings = { ...DEFAULTS, ...Object.fromEntries(given) };
  for (const name of Object.keys(DEFAULTS) as (keyof AggregatorSettings)[]) {
    if (name !== 'now') check(name, settings[name]);
  }
  return settings;
}

function check(name: Limit, value: unknown): void {
  const least = LEAST[name] ?? 0;
  const most = MOST[name] ?? Number.MAX_SAFE_INTEGER;
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return;
  throw new ZpagesError(
    'DT_ERR_ZPAGES_OPTION',
    `${name} is a whole number, at least ${least}${name in MOST ? ` and at most ${most}` : ''}, ` +
      `got ${typeof value === 'string' ? JSON.stringify(value) : String(value)}; give such a number or leave it out`,
  );
}
