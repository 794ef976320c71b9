import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { FakeSpan, createTracez, unbalanced } from './tracez.spec.helper.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const MB = 1024 * 1024;

function heapUsed(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

describe('memory and time', () => {
  it('N09: 100,000 names take no more than the cap has room for', () => {
    const { run, all } = createTracez();
    const fill = (from: number): void => {
      for (let i = from; i < from + 100_000; i++) run(`GET /users/${i}`);
      all();
    };
    fill(0);
    const before = heapUsed();
    fill(100_000);
    expect(heapUsed() - before).toBeLessThan(MB);
    expect(all().rows).toHaveLength(1001);
  });

  it('N10: a million spans that never end: bounded, counted, the oldest kept and listed as stuck', () => {
    const tracez = createTracez({ maxRunningSpans: 1000 });
    const { start, ask, clock } = tracez;
    const oldest = start('a');
    const startMany = (times: number): void => {
      for (let i = 0; i < times; i++) start('a');
      tracez.aggregator.drain();
    };
    startMany(100_000);
    const before = heapUsed();
    startMany(899_999);
    expect(heapUsed() - before).toBeLessThan(MB);
    clock.nowMs += 3_600_000;
    const answer = tracez.all();
    expect(answer.totals).toMatchObject({ running: 1_000_000, runningUntracked: 999_000 });
    expect(answer.rows).toMatchObject([{ name: 'a', running: 1000 }]);
    expect(answer.stuck.count).toBe(1000);
    expect(answer.stuck.spans[0]?.spanId).toBe(oldest.context.spanId);
    expect(ask({ kind: 'running', name: 'a' })).toMatchObject({ countIsLowerBound: true });
    expect(unbalanced(answer)).toBeUndefined();
  });

  it('spans that the application has lost can be collected, but for the oldest; those that run stay', async () => {
    const { start, end, all, aggregator, clock } = createTracez();
    const bytes = 20_000;
    const startFat = (): FakeSpan => {
      clock.nowMs += 1;
      const span = start('lost');
      span.attributes = { fat: Array.from({ length: bytes / 8 }, (_, i) => i + 0.5) };
      return span;
    };
    const before = heapUsed();
    const oldest = startFat().context.spanId;
    const held: FakeSpan[] = [];
    for (let i = 0; i < 4999; i++) {
      const span = startFat();
      if (i % 100 === 99) held.push(span);
    }
    expect(all().rows).toMatchObject([{ running: 5000 }]);
    clock.nowMs += 60_000;
    start('later');
    aggregator.drain();
    // What was looked at stays until the end of a turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(heapUsed() - before).toBeLessThan(1500 * bytes);
    const answer = all();
    expect(answer.totals.running).toBe(5001);
    expect(answer.totals.runningUntracked).toBeGreaterThan(3900);
    expect(unbalanced(answer)).toBeUndefined();
    expect(answer.stuck.spans[0]?.spanId).toBe(oldest);
    for (const span of held) end(span);
    expect(all().totals).toMatchObject({ running: 5001 - held.length, latency: held.length, adopted: 0 });
    expect(unbalanced(all())).toBeUndefined();
    for (let i = 0; i < 100; i++) end(start('next'));
    expect(unbalanced(all())).toBeUndefined();
    expect(all().totals.runningUntracked).toBe(answer.totals.runningUntracked);
  });

  it('N21: a million spans in one burst are all counted, and few wait at any time', () => {
    const { run, all } = createTracez({ sampleIntervalMs: 1000 });
    for (let i = 0; i < 1_000_000; i++) run('a');
    const { totals, self } = all();
    expect(totals).toMatchObject({ started: 1_000_000, latency: 1_000_000, dropped: 0 });
    expect(self.handOffCapacity).toBeLessThanOrEqual(512);
    expect(self.handOffOverflows).toBeGreaterThan(1_000_000 / self.handOffCapacity);
  });

  it('N21: a burst leaves nearly nothing to do behind it: the next timer waits for no work of its spans', async () => {
    const { processor, run } = createTracez({ sampleIntervalMs: 1000 });
    for (let i = 0; i < 100_000; i++) run('a');
    await processor.forceFlush();
    const begun = process.cpuUsage();
    const afterBurst = new Promise<NodeJS.CpuUsage>((resolve) => {
      setTimeout(() => resolve(process.cpuUsage(ended)), 0);
    });
    for (let i = 0; i < 1_000_000; i++) run('a');
    const burst = process.cpuUsage(begun);
    const ended = process.cpuUsage();
    const { user, system } = await afterBurst;
    // CPU time of this process, as other work of the machine must not count. A queue worked off later would take
    // about as long as the burst; at most 64 messages, and what the collector of garbage likes, are some percent.
    expect(user + system).toBeLessThan((burst.user + burst.system) / 5);
  });

  it('N35: the last of 60,000 spans of one name is counted with as few looks at spans as the first ones', () => {
    // The price itself is for the bench: here, that nothing is searched.
    let looks = 0;
    const watched = (): FakeSpan =>
      new Proxy(new FakeSpan('a'), {
        get(span, key) {
          looks++;
          return Reflect.get(span, key) as unknown;
        },
      });
    const { processor, aggregator } = createTracez({ sampleIntervalMs: 1e9 });
    const looksOf = (spans: readonly FakeSpan[]): number => {
      const before = looks;
      for (const span of spans) processor.onStart(span);
      for (const span of spans) processor.onEnd(span);
      aggregator.drain();
      return looks - before;
    };
    looksOf([watched()]);
    const batches = Array.from({ length: 60 }, () => looksOf(Array.from({ length: 1000 }, watched)));
    expect(new Set(batches).size).toBe(1);
    expect((batches[0] ?? 0) / 1000).toBeLessThan(25);
  });

  it('a name that only runs has no memory of its own', () => {
    const { start, end, all } = createTracez();
    const spans = Array.from({ length: 1000 }, (_, i) => start(`name ${i}`));
    expect(all().rows).toHaveLength(1000);
    expect(all().self.names).toBe(0);
    for (const span of spans) end(span);
    expect(all().self.names).toBe(1000);
  });
});
