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

  it('N21: a million spans in one burst are all counted, and few wait at any time', () => {
    const { run, all } = createTracez({ sampleIntervalMs: 1000 });
    for (let i = 0; i < 1_000_000; i++) run('a');
    const { totals, self } = all();
    expect(totals).toMatchObject({ started: 1_000_000, latency: 1_000_000, dropped: 0 });
    expect(self.handOffCapacity).toBeLessThanOrEqual(512);
    expect(self.handOffOverflows).toBeGreaterThan(1_000_000 / self.handOffCapacity);
  });

  it('N35: the last of 60,000 spans of one name costs what the first did', () => {
    const { processor, aggregator } = createTracez({ sampleIntervalMs: 1000 });
    const costs: number[] = [];
    for (let batch = 0; batch < 120; batch++) {
      const spans = Array.from({ length: 500 }, () => new FakeSpan('a'));
      const before = process.cpuUsage();
      for (const span of spans) {
        processor.onStart(span);
        processor.onEnd(span);
      }
      aggregator.drain();
      const { user, system } = process.cpuUsage(before);
      costs.push(user + system);
    }
    // The quickest of many, so that neither warming up nor a busy machine counts. Searching a list would take 100 times as long.
    const first = Math.min(...costs.slice(0, 60));
    expect(Math.min(...costs.slice(60))).toBeLessThan(Math.max(first, 20) * 3);
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
