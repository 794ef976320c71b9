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

  it('make room for a new message: the one not seen for longest goes to the others', () => {
    const { run, ask, clock } = createTracez({ maxErrorGroups: 2 });
    const fail = (...errors: readonly string[]): void => {
      for (const error of errors) {
        run('x', { error });
        ask({ kind: 'error', name: 'x' });
        clock.nowMs += 1000;
      }
    };
    const shown = () =>
      ask({ kind: 'error', name: 'x' }).groups.map(({ message, other, count }) => [
        other === true ? 'other' : message,
        count,
      ]);
    fail('odd', 'odd', 'often', 'new', 'often');
    expect(shown()).toEqual([
      ['often', 2],
      ['new', 1],
      ['other', 2],
    ]);
    fail('newer', 'odd');
    expect(shown()).toEqual([
      ['newer', 1],
      ['odd', 1],
      ['other', 5],
    ]);
    expect(ask({ kind: 'error', name: 'x' })).toMatchObject({
      count: 7,
      groups: [{}, {}, { firstUnixMs: EPOCH_MS, lastUnixMs: EPOCH_MS + 4000 }],
    });
  });

  it('seen by a clock that was ahead are the first to go', () => {
    const { run, ask, clock } = createTracez({ maxErrorGroups: 2 });
    const fail = (error: string, nowMs: number): void => {
      clock.nowMs = nowMs;
      run('x', { error });
      ask({ kind: 'error', name: 'x' });
    };
    fail('ahead', EPOCH_MS + 1e9);
    fail('a', EPOCH_MS + 1);
    fail('b', EPOCH_MS + 2);
    fail('c', EPOCH_MS + 3);
    const messages = ask({ kind: 'error', name: 'x' }).groups.map(({ message }) => message);
    expect(messages).toEqual(['b', 'c', undefined]);
  });

  it('have every error, also of a span that cannot be read', () => {
    const { start, end, ask } = createTracez();
    for (const key of ['events', 'attributes', 'spanContext', 'parentSpanContext', 'startTime']) {
      const span = start('x');
      Object.defineProperty(span, key, {
        get: () => {
          throw new Error('unreadable');
        },
      });
      end(span, { error: 'bad' });
    }
    const { count, groups } = ask({ kind: 'error', name: 'x' });
    expect(count).toBe(5);
    expect(groups.reduce((sum, group) => sum + group.count, 0)).toBe(5);
  });
});
