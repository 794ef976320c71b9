import { describe, expect, it } from 'vitest';
import { EPOCH_MS, createTracez } from './tracez.spec.helper.js';

describe('error groups', () => {
  it('N33: errors of three messages are three groups, the most frequent first', () => {
    const { run, ask, clock } = createTracez();
    for (const error of ['a', 'b', 'b', 'c', 'b', 'c']) {
      run('x', { error });
      ask({ kind: 'error', name: 'x' });
      clock.nowMs += 10;
    }
    expect(ask({ kind: 'error', name: 'x' }).groups).toEqual([
      { message: 'b', count: 3, firstUnixMs: EPOCH_MS + 10, lastUnixMs: EPOCH_MS + 40 },
      { message: 'c', count: 2, firstUnixMs: EPOCH_MS + 30, lastUnixMs: EPOCH_MS + 50 },
      { message: 'a', count: 1, firstUnixMs: EPOCH_MS, lastUnixMs: EPOCH_MS },
    ]);
  });

  it('are told apart by type too, from the exception or from error.type', () => {
    const { start, end, ask } = createTracez();
    const fail = (attributes: Record<string, string>, exception?: Record<string, string>): void => {
      const span = start('x');
      span.attributes = attributes;
      if (exception !== undefined) span.events = [{ name: 'exception', time: [0, 0], attributes: exception }];
      end(span, { error: '' });
    };
    fail({ 'error.type': '500' });
    fail({ 'error.type': '500' }, { 'exception.type': 'RangeError', 'exception.message': 'too big' });
    fail({});
    const groups = ask({ kind: 'error', name: 'x' }).groups.map(({ type, message }) => [type, message]);
    expect(groups).toEqual([
      ['500', undefined],
      ['RangeError', 'too big'],
      [undefined, undefined],
    ]);
  });

  it('beyond the cap share one, and no error is lost', () => {
    const { run, ask } = createTracez({ maxErrorGroups: 3 });
    for (let i = 0; i < 1000; i++) run('x', { error: `no user ${i % 500}` });
    const { count, groups } = ask({ kind: 'error', name: 'x' });
    expect(groups.map((group) => [group.message, group.other, group.count])).toEqual([
      ['no user 0', undefined, 2],
      ['no user 1', undefined, 2],
      ['no user 2', undefined, 2],
      [undefined, true, 994],
    ]);
    expect(count).toBe(1000);
  });
});
