import { setTimeout as sleep } from 'node:timers/promises';
import type { Span } from '@distrace/zipkin';
import { checkTrace } from './check-trace.ts';
import type { CheckOptions, TraceCheck } from './check-trace.ts';
import type { TraceRead } from './read-trace.ts';

/** A trace as far as it came, and what is wrong with it. */
export interface Collected {
  readonly spans: readonly Span[];
  readonly check: TraceCheck;
  /** Why the last read got nothing. */
  readonly problem: string | undefined;
}

/** How `collectTrace` reads and waits. */
export interface CollectOptions extends CheckOptions {
  readonly read: () => Promise<TraceRead>;
  readonly mergeSpans: (spans: readonly Span[]) => readonly Span[];
  readonly signal: AbortSignal;
  /** Default 15000. */
  readonly deadlineMs?: number;
  readonly now?: () => number;
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const waitFor = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

/** Reads until the trace is complete, can no longer become so, or the deadline passes. */
export async function collectTrace(options: CollectOptions): Promise<Collected> {
  const {
    read,
    mergeSpans,
    signal,
    deadlineMs = 15_000,
    now = performance.now.bind(performance),
    wait = waitFor,
  } = options;
  const end = now() + deadlineMs;
  for (;;) {
    signal.throwIfAborted();
    const { spans: pieces, problem } = await read();
    const spans = mergeSpans(pieces);
    const check = checkTrace(spans, options);
    if (check.complete || check.missing.length === 0 || now() >= end) return { spans, check, problem };
    await wait(100, signal);
  }
}

const VARIABLES_THAT_CUT_TRACES = [
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_SAMPLER',
  'OTEL_PROPAGATORS',
  'OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT',
  'OTEL_SPAN_EVENT_COUNT_LIMIT',
] as const;

const few = (list: readonly string[]) =>
  list.length > 12 ? [...list.slice(0, 12), `and ${list.length - 12} more`] : list;

/** Why a trace is not the golden tree, one line each; empty when it is. */
export function explain({ check, problem }: Collected, env: NodeJS.ProcessEnv): readonly string[] {
  if (check.complete) return [];
  return [
    ...(problem === undefined ? [] : [`the trace could not be read: ${problem}`]),
    ...few(check.missing).map((one) => `missing: ${one}`),
    ...few(check.unexpected).map((one) => `unexpected: ${one}`),
    ...settingsThatCut(env),
  ];
}

/** The settings of the environment that the apps obey and that make a trace less than whole. */
export function settingsThatCut(env: NodeJS.ProcessEnv): readonly string[] {
  return VARIABLES_THAT_CUT_TRACES.filter((name) => (env[name] ?? '') !== '').map(
    (name) => `${name}=${env[name]} is set and the apps obey it; unset it to see a whole trace`,
  );
}
