import { describe, expect, it } from 'vitest';
import { FakeSpan, createTracez, seededRandom, unbalanced } from './tracez.spec.helper.js';
import type { AggregatorOptions } from './options.js';
import type { ZpagesQuery } from './query.js';

const SEEDS = Array.from({ length: 60 }, (_, i) => i + 1);
const NAMES = ['', 'a', 'b', '__proto__', '\ud800', '日本語', 'GET /users/:id'];

/** Tight limits and none, so that every bound is met. */
const LIMITS: readonly AggregatorOptions[] = [
  {},
  { maxNames: 2, maxRunningSpans: 3, handOffCapacity: 1, samplesPerBucket: 1, maxSampleBytes: 2000 },
  { maxNames: 0, maxRunningSpans: 0, handOffCapacity: 3, samplesPerBucket: 0 },
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
  look: (tracez: ReturnType<typeof createTracez>, model: Model) => void,
) {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const tracez = createTracez(options);
  const model: Model = { seen: 0, running: 0, errors: 0, latency: 0 };
  const open: FakeSpan[] = [];
  const ended: FakeSpan[] = [];
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
      open.push(tracez.start(pick(NAMES), { sampled: random() < 0.5 }));
      model.seen++;
      model.running++;
    },
    () => {
      if (open.length > 0) pick(open).name = pick(NAMES);
    },
    () => {
      if (open.length === 0) return;
      const [span] = open.splice(Math.floor(random() * open.length), 1);
      model.running--;
      endIt(span as FakeSpan);
    },
    () => {
      if (ended.length > 0) tracez.processor.onEnd(pick(ended));
    },
    () => {
      model.seen++;
      endIt(new FakeSpan(pick(NAMES)));
    },
    () => {
      if (ended.length > 0) tracez.processor.onStart(pick(ended));
    },
    () => {
      tracez.clock.nowMs += Math.floor(random() * 2000);
    },
    () => look(tracez, model),
  ];
  // Starts more often than the rest, or nothing would ever run.
  for (let i = 0; i < 300; i++) (random() < 0.3 ? actions[0]! : pick(actions))();
  look(tracez, model);
  return tracez;
}

describe('whatever spans do', () => {
  it.each(LIMITS)('N13: at every query the totals are true and balanced, with %j', (options) => {
    for (const seed of SEEDS) {
      play(seed, options, ({ all }, model) => {
        const answer = all();
        const { started, adopted, running, errors, latency, dropped } = answer.totals;
        expect({ seen: started + adopted, running, errors, latency, dropped }).toEqual({
          ...model,
          dropped: 0,
        });
        expect(unbalanced(answer)).toBeUndefined();
        expect(answer.self.sampleBytes).toBeLessThanOrEqual(answer.self.maxSampleBytes);
      });
    }
  });

  it('every count of a row leads to details that agree with it', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      play(seed, LIMITS[1]!, ({ all, ask }) => {
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
  });

  it('each answer survives serialising and parsing', () => {
    for (const seed of SEEDS.slice(0, 20)) {
      const { all, aggregator } = play(seed, {}, () => {});
      const names = all().rows.map(({ name }) => name);
      const queries: readonly ZpagesQuery[] = [
        { kind: 'aggregations' },
        { kind: 'running' },
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
