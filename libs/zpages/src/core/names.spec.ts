import { describe, expect, it } from 'vitest';
import { createTracez, unbalanced } from './tracez.spec.helper.js';

/** Names that have broken pages before. */
const HOSTILE = [
  'a/b',
  'a?b',
  'a#b',
  '100%',
  'a&b=c',
  'a+b',
  '',
  '..',
  '__proto__',
  'constructor',
  '日本語',
  '\ud800',
  '123',
  'x'.repeat(4096),
];

describe('names', () => {
  it('T42, T45: all have a row, those that only run and those that have ended', () => {
    const { run, start, end, all } = createTracez();
    const names = () => all().rows.map(({ name }) => name);
    run('one');
    run('two');
    expect(names()).toEqual(['one', 'two']);
    const spans = [start('two'), start('one')];
    expect(names()).toEqual(['one', 'two']);
    for (const span of spans) end(span);
    expect(names()).toEqual(['one', 'two']);
    start('three');
    expect(all().rows[1]).toMatchObject({ name: 'three', running: 1, latency: [0, 0, 0, 0, 0, 0, 0, 0, 0] });
  });

  it('may be anything, and each finds its details', () => {
    const { run, start, all, ask } = createTracez();
    for (const name of HOSTILE) {
      run(name);
      run(name, { error: 'bad' });
      start(name);
    }
    expect(
      all()
        .rows.map(({ name }) => name)
        .toSorted(),
    ).toEqual(HOSTILE.toSorted());
    for (const name of HOSTILE) {
      expect(ask({ kind: 'latency', name, bucket: 0 }).samples[0]?.name).toBe(name);
      expect(ask({ kind: 'error', name }).samples[0]?.name).toBe(name);
      expect(ask({ kind: 'running', name }).spans[0]?.name).toBe(name);
    }
    expect(JSON.parse(JSON.stringify(all()))).toEqual(all());
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('N09: beyond the cap share one row; every span is counted', () => {
    const { run, all, ask } = createTracez({ maxNames: 1000 });
    for (let i = 0; i < 100_000; i++) run(`GET /users/${i}`, i % 10 === 0 ? { error: 'bad' } : {});
    const answer = all();
    expect(answer.rows).toHaveLength(1001);
    expect(answer.rows.at(-1)).toMatchObject({ name: '(other names)', overflow: true });
    expect(answer.rows.slice(0, -1).every(({ overflow }) => overflow === undefined)).toBe(true);
    expect(answer.totals).toMatchObject({ started: 100_000, errors: 10_000, latency: 90_000 });
    expect(unbalanced(answer)).toBeUndefined();
    expect(answer.self.names).toBe(1000);
    const names = ask({ kind: 'latency', overflow: true, bucket: 0 }).samples.map(({ name }) => name);
    expect(names).toEqual([95, 96, 97, 98, 99].map((i) => `GET /users/999${i}`));
  });

  it('that only run beyond the cap are in the shared row, and are shown there', () => {
    const { start, all, ask } = createTracez({ maxNames: 2 });
    for (const name of ['a', 'b', 'c', 'd']) start(name);
    expect(all().rows.map(({ name, running }) => [name, running])).toEqual([
      ['a', 1],
      ['b', 1],
      ['(other names)', 2],
    ]);
    expect(ask({ kind: 'running', overflow: true }).spans.map(({ name }) => name)).toEqual(['c', 'd']);
    expect(unbalanced(all())).toBeUndefined();
  });

  it('there is no shared row before it is needed', () => {
    const { run, aggregator } = createTracez();
    run('(other names)');
    const result = aggregator.query({ kind: 'error', overflow: true });
    expect(result).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(aggregator.query({ kind: 'error', name: '(other names)' })).toMatchObject({ ok: true });
  });

  it('longer than the limit share a row with all that begin alike', () => {
    const { run, start, all, ask } = createTracez({ maxNameLength: 10 });
    const long = '0123456789 and more';
    run(long);
    run('0123456789 and else');
    start(long);
    expect(all().rows).toMatchObject([
      { name: '0123456789', running: 1, latency: [2, 0, 0, 0, 0, 0, 0, 0, 0] },
    ]);
    expect(ask({ kind: 'running', name: long }).count).toBe(1);
  });
});
