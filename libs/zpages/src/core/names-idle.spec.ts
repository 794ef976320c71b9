import { SpanKind } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { ATTR_LAG_MS, ATTR_REDELIVERED } from './messaging.js';
import type { AggregatorOptions } from './options.js';
import { createTracez, unbalanced } from './tracez.spec.helper.js';

/** A table of three names, of which each is idle after a minute, and a way to let time pass. */
function createSmall(options: AggregatorOptions = {}) {
  const tracez = createTracez({ maxNames: 3, nameIdleMs: 60_000, ...options });
  return {
    ...tracez,
    names: () => tracez.all().rows.map(({ name }) => name),
    pass(ms: number) {
      tracez.aggregator.drain();
      tracez.clock.nowMs += ms;
    },
  };
}

describe('a name that nothing ended under for long', () => {
  it('makes room for a new one, the longest idle first, and stays where there is room', () => {
    const { run, names, pass, all } = createSmall();
    for (const name of ['a', 'b', 'c']) {
      run(name);
      pass(1000);
    }
    run('a');
    pass(61_000);
    run('c');
    expect(names()).toEqual(['a', 'b', 'c']);
    run('new');
    expect(names()).toEqual(['a', 'c', 'new', '(other names)']);
    run('newer');
    expect(names()).toEqual(['c', 'new', 'newer', '(other names)']);
    run('newest');
    expect(names()).toEqual(['c', 'new', 'newer', '(other names)']);
    expect(all().self).toMatchObject({ names: 3, namesRetired: 2 });
  });

  it('hands its counts to the row of all others, so that no total changes', () => {
    const { run, start, end, pass, all, ask } = createSmall({ maxErrorGroups: 1 });
    const consume = () => {
      const span = start('a', { kind: SpanKind.CONSUMER });
      span.attributes = { [ATTR_REDELIVERED]: true, [ATTR_LAG_MS]: 20, 'messaging.destination.name': 'q' };
      end(span, { nanos: 5e6 });
    };
    consume();
    run('a', { error: 'one' });
    run('a', { error: 'two' });
    run('b', { nanos: 5e9 });
    run('c', { error: 'one' });
    const before = all().totals;
    pass(61_000);
    for (const name of ['d', 'e', 'f']) run(name);
    const answer = all();
    expect(unbalanced(answer)).toBeUndefined();
    expect(answer.totals).toEqual({ ...before, started: before.started + 3, latency: before.latency + 3 });
    expect(answer.rows.at(-1)).toMatchObject({
      overflow: true,
      errors: 3,
      latency: [0, 0, 0, 1, 0, 0, 1, 0, 0],
      messaging: { spanKind: 'CONSUMER', destination: 'q', redelivered: 1, lag: { count: 1, maxMs: 20 } },
    });
    expect(ask({ kind: 'error', overflow: true })).toMatchObject({
      count: 3,
      groups: [
        { message: 'one', count: 2 },
        { other: true, count: 1 },
      ],
    });
  });

  it('takes its samples with it, and their traces', () => {
    const { run, start, end, pass, all, aggregator } = createSmall({ recentSpans: 2 });
    const root = start('a');
    run('b', {}, { parent: root });
    end(root);
    run('c');
    pass(61_000);
    for (const name of ['d', 'e', 'f']) run(name);
    const other = start('d');
    for (let i = 0; i < 4; i++) run('d', {}, { parent: other });
    expect(all().self.samples).toBe(7);
    const { traceId } = root.context;
    expect(aggregator.query({ kind: 'trace', traceId })).toMatchObject({ error: { code: 'not_found' } });
  });

  it('stays while a span of it runs, also one that has the name only now', () => {
    const { run, start, names, pass } = createSmall();
    for (const name of ['a', 'b', 'c']) run(name);
    start('a');
    start('x').name = 'b';
    pass(61_000);
    run('new');
    expect(names()).toEqual(['a', 'b', 'new', '(other names)']);
    run('newer');
    expect(names()).toEqual(['a', 'b', 'new', '(other names)']);
  });

  it('may come back, and counts anew', () => {
    const { run, pass, all } = createSmall();
    for (const name of ['a', 'a', 'b', 'c']) run(name);
    pass(61_000);
    run('d');
    pass(61_000);
    run('a');
    const { rows } = all();
    expect(rows.find(({ name }) => name === 'a')?.latency[0]).toBe(1);
    expect(rows.at(-1)?.latency[0]).toBe(3);
  });

  it('is looked for once a second, however many new names come', () => {
    const { run, start, pass, all, aggregator } = createSmall();
    for (const name of ['a', 'b', 'c']) run(name);
    const runMany = (name: string) => {
      for (let i = 0; i < 1000; i++) {
        run(`${name} ${i}`);
        aggregator.drain();
      }
    };
    let looked = 0;
    const open = start('open');
    Object.defineProperty(open, 'name', {
      get: () => {
        looked++;
        return 'a';
      },
    });
    runMany('new');
    expect(looked).toBe(0);
    pass(61_000);
    runMany('newer');
    expect(looked).toBe(1);
    expect(all().self).toMatchObject({ names: 3, namesRetired: 2 });
  });

  it('stays where a span of it has begun since it was found idle', () => {
    const { run, start, names, pass } = createSmall();
    for (const name of ['a', 'b', 'c']) run(name);
    pass(120_000);
    run('new');
    expect(names()).toEqual(['b', 'c', 'new', '(other names)']);
    pass(3_600_000);
    start('b');
    run('newer');
    expect(names()).toEqual(['b', 'new', 'newer', '(other names)']);
  });

  it('makes room also where it ended by a clock that was a year ahead', () => {
    const { run, names, pass } = createSmall();
    pass(365 * 86_400_000);
    for (const name of ['a', 'b', 'c']) run(name);
    pass(-365 * 86_400_000);
    run('new');
    expect(names()).toEqual(['a', 'b', 'c', '(other names)']);
    pass(61_000);
    run('new');
    expect(names()).toEqual(['b', 'c', 'new', '(other names)']);
  });
});
