import { describe, expect, it } from 'vitest';
import { FakeSpan, createTracez, seededRandom, unbalanced } from './tracez.spec.helper.js';
import type { AggregatorOptions } from './options.js';
import type { QueryResult, TraceAnswer, ZpagesQuery } from './query.js';

/** Sixty histories; `SEED=7` plays the seventh alone. */
const only = process.env['SEED'];
const SEEDS = only === undefined ? Array.from({ length: 60 }, (_, i) => i + 1) : [Number(only)];
const NAMES = ['', 'a', 'b', '__proto__', '\ud800', '日本語', 'GET /users/:id'];

/** Tight limits and none, so that every bound is met. */
const LIMITS: readonly AggregatorOptions[] = [
  {},
  { maxNames: 2, maxRunningSpans: 3, handOffCapacity: 1, samplesPerBucket: 1, maxSampleBytes: 2000 },
  { maxNames: 0, maxRunningSpans: 0, handOffCapacity: 3, samplesPerBucket: 0 },
  // Names that come and go, traces that are cut, one sample a second.
  {
    maxNames: 3,
    nameIdleMs: 3000,
    handOffCapacity: 5,
    sampleIntervalMs: 1000,
    recentSpans: 6,
    maxTraceSpans: 4,
    maxTraceBytes: 4000,
    maxErrorGroups: 2,
    maxRunningSamples: 2,
  },
];

/** What a plain count of the same history finds. */
interface Model {
  /** Started or adopted: a span whose start comes behind its end may be taken for either. */
  seen: number;
  running: number;
  errors: number;
  latency: number;
}

/** Plays a random history of starts, renames, ends, second ends and ends of unknown spans. */
function play(
  seed: number,
  options: AggregatorOptions,
  look: (tracez: ReturnType<typeof createTracez>, model: Model, all: readonly FakeSpan[]) => void,
) {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const tracez = createTracez(options);
  const model: Model = { seen: 0, running: 0, errors: 0, latency: 0 };
  const open: FakeSpan[] = [];
  const ended: FakeSpan[] = [];
  const all: FakeSpan[] = [];
  const endIt = (span: FakeSpan): void => {
    const isError = random() < 0.3;
    tracez.end(span, {
      nanos: Math.floor(10 ** (random() * 13)),
      ...(isError ? { error: pick(NAMES) } : {}),
    });
    ended.push(span);
    model[isError ? 'errors' : 'latency']++;
  };
  const actions: readonly (() => void)[] = [
    () => {
      const sampled = random() < 0.5;
      // Half of them children, of spans that run or have ended, of this process or another.
      const parent = all.length > 0 && random() < 0.5 ? pick(all) : undefined;
      const span = tracez.start(pick(NAMES), { sampled, ...(parent === undefined ? {} : { parent }) });
      if (parent !== undefined && random() < 0.3) {
        span.parentSpanContext = { ...parent.context, spanId: 'f'.repeat(16), isRemote: true };
      }
      // Renamed while its start still waits to be counted.
      if (random() < 0.2) span.name = pick(NAMES);
      open.push(span);
      all.push(span);
      model.seen++;
      model.running++;
    },
    () => {
      const span = open.length > 0 ? pick(open) : undefined;
      if (span !== undefined && !Object.isFrozen(span)) span.name = pick(NAMES);
    },
    () => {
      if (open.length === 0) return;
      const at = Math.floor(random() * open.length);
      // A test cannot end what is frozen; those run on.
      if (Object.isFrozen(open[at])) return;
      const [span] = open.splice(at, 1);
      model.running--;
      endIt(span as FakeSpan);
    },
    () => {
      if (ended.length > 0) tracez.processor.onEnd(pick(ended));
    },
    () => {
      model.seen++;
      const span = new FakeSpan(pick(NAMES));
      all.push(span);
      endIt(span);
    },
    () => {
      if (ended.length > 0) tracez.processor.onStart(pick(ended));
    },
    () => {
      tracez.clock.nowMs += Math.floor(random() * 2000);
    },
    () => look(tracez, model, all),
    () => {
      // Nobody may change a span that has ended; somebody may. It is counted under one name or the other.
      const span = ended.length > 0 ? pick(ended) : undefined;
      if (span !== undefined && !Object.isFrozen(span)) span.name = pick(NAMES);
    },
    () => {
      if (open.length > 0 && random() < 0.3) Object.freeze(pick(open));
    },
    () => void tracez.processor.forceFlush(),
  ];
  // Starts more often than the rest, or nothing would ever run.
  for (let i = 0; i < 300; i++) (random() < 0.3 ? actions[0]! : pick(actions))();
  look(tracez, model, all);
  return { ...tracez, spans: all };
}

/** What an answer about a trace says that its spans, all that ever were, belie. */
function wrongWith(result: QueryResult<TraceAnswer>, members: readonly FakeSpan[]): string | undefined {
  const running = members.filter(({ ended }) => !ended).map(({ context }) => context.spanId);
  if (!result.ok) return running.length > 0 ? 'runs, and is not found' : undefined;
  const { spans, whole, spansNotKept } = result.answer;
  const ids = spans.map(({ spanId }) => spanId);
  if (new Set(ids).size < ids.length) return 'has a span twice';
  if (ids.some((id) => !members.some(({ context }) => context.spanId === id))) return 'has a stranger';
  if (running.some((id) => !ids.includes(id))) return 'lacks a span that runs';
  const isAbove = (i: number): boolean => ids.slice(0, i).includes(spans[i]?.parentSpanId ?? '');
  if (spans.some(({ depth }, i) => depth > 0 && !isAbove(i))) return 'has a child above its parent';
  if (!whole) return undefined;
  // Whoever is below a span that is shown is shown as well.
  const lacks = members.some(
    ({ context, parentSpanContext }) =>
      parentSpanContext?.isRemote !== true &&
      ids.includes(parentSpanContext?.spanId ?? '') &&
      !ids.includes(context.spanId),
  );
  return lacks || spansNotKept > 0 ? 'is called whole, and is not' : undefined;
}

describe('whatever spans do', () => {
  it.each(LIMITS)('N13: at every query the totals are true and balanced, with %j', (options) => {
    for (const seed of SEEDS) {
      play(seed, options, ({ all }, model) => {
        const answer = all();
        const { started, adopted, running, errors, latency, dropped } = answer.totals;
        expect({ seed, seen: started + adopted, running, errors, latency, dropped }).toEqual({
          seed,
          ...model,
          dropped: 0,
        });
        expect(unbalanced(answer), `seed ${seed}`).toBeUndefined();
        expect(answer.self.sampleBytes).toBeLessThanOrEqual(answer.self.maxSampleBytes);
        expect(answer.self.traceBytes).toBeLessThanOrEqual(answer.self.maxTraceBytes);
        expect(answer.self.names).toBeLessThanOrEqual(answer.self.maxNames);
        expect(answer.self.internalErrors).toBe(0);
      });
    }
  });

  it.each([LIMITS[1]!, LIMITS[3]!])(
    'every count of a row leads to details that agree with it, with %j',
    (options) => {
      for (const seed of SEEDS.slice(0, 20)) {
        play(seed, options, ({ all, ask }) => {
          for (const { name, overflow, ...row } of all().rows) {
            const ref = overflow === true ? { overflow } : { name };
            expect(ask({ kind: 'running', ...ref }).count).toBe(row.running);
            const { count, groups } = ask({ kind: 'error', ...ref });
            expect([count, groups.reduce((sum, group) => sum + group.count, 0)]).toEqual([
              row.errors,
              row.errors,
            ]);
            const latency = row.latency.map((_, bucket) => ask({ kind: 'latency', bucket, ...ref }).count);
            expect(latency).toEqual(row.latency);
          }
        });
      }
    },
  );

  it.each([LIMITS[0]!, LIMITS[3]!])(
    'a trace has each span once, no stranger, parents first, and says whether it is whole, with %j',
    (options) => {
      for (const seed of SEEDS) {
        play(seed, options, ({ aggregator }, _, spans) => {
          const traces = Map.groupBy(spans, ({ context }) => context.traceId);
          const wrong = [...traces].map(([traceId, members]) =>
            wrongWith(aggregator.query({ kind: 'trace', traceId }), members),
          );
          expect(
            wrong.filter((what) => what !== undefined),
            `seed ${seed}`,
          ).toEqual([]);
        });
      }
    },
  );

  it('each answer survives serialising and parsing', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const { all, aggregator, spans } = play(seed, {}, () => {});
      const names = all().rows.map(({ name }) => name);
      const queries: readonly ZpagesQuery[] = [
        { kind: 'aggregations' },
        { kind: 'running' },
        ...spans
          .filter(({ ended }) => !ended)
          .map(({ context }): ZpagesQuery => ({ kind: 'trace', traceId: context.traceId })),
        ...names.flatMap((name): ZpagesQuery[] => [
          { kind: 'running', name },
          { kind: 'error', name },
          ...[0, 4, 8].map((bucket) => ({ kind: 'latency', name, bucket }) as const),
        ]),
      ];
      for (const query of queries) {
        const result = aggregator.query(query);
        expect(result.ok).toBe(true);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
      }
    }
  });
});
