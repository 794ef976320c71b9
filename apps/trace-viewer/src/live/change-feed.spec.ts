import { describe, expect, it } from 'vitest';
import { ChangeFeed, MAX_CHANGED, type Change } from './change-feed.js';

function feedWithClock() {
  const due: (() => void)[] = [];
  const feed = new ChangeFeed({ setTimer: (callback) => void due.push(callback) });
  const told: Change[] = [];
  return { feed, told, due, tick: () => due.splice(0).forEach((callback) => callback()) };
}

describe('ChangeFeed', () => {
  it('tells each trace once, however often it changed meanwhile', () => {
    const { feed, told, tick, due } = feedWithClock();
    feed.listen((change) => told.push(change));
    feed.changed([{ id: 'a' }, { id: 'b' }]);
    feed.changed([{ id: 'a' }]);
    expect(due).toHaveLength(1);
    tick();
    feed.changed([{ id: 'a' }]);
    tick();
    expect(told).toEqual([
      { changed: ['a', 'b'], more: false, cleared: false },
      { changed: ['a'], more: false, cleared: false },
    ]);
  });

  it('names so many traces and says that there are more', () => {
    const { feed, told, tick } = feedWithClock();
    feed.listen((change) => told.push(change));
    feed.changed(Array.from({ length: MAX_CHANGED + 50 }, (_, at) => ({ id: `${at}` })));
    tick();
    expect(told[0]).toMatchObject({ more: true });
    expect(told[0]?.changed).toHaveLength(MAX_CHANGED);
  });

  it('forgets what changed before everything was removed', () => {
    const { feed, told, tick } = feedWithClock();
    feed.listen((change) => told.push(change));
    feed.changed([{ id: 'a' }]);
    feed.cleared();
    feed.changed([{ id: 'b' }]);
    tick();
    expect(told).toEqual([{ changed: ['b'], more: false, cleared: true }]);
  });

  it('does nothing while nobody listens', () => {
    const { feed, told, due } = feedWithClock();
    const stop = feed.listen((change) => told.push(change));
    stop();
    feed.changed([{ id: 'a' }]);
    feed.cleared();
    expect([due, told]).toEqual([[], []]);
  });
});
