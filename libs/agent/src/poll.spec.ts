import { describe, expect, it } from 'vitest';
import { pollInBackground, pollIntervalMs } from './poll.js';

describe('pollIntervalMs', () => {
  it.each([
    [undefined, 10_000],
    [NaN, 10_000],
    [0, 100],
    [-1, 100],
    [250, 250],
    [9_999_999_999, 86_400_000],
    [Infinity, 86_400_000],
  ])('makes of %s what a timer can wait for', (said, interval) => {
    expect(pollIntervalMs(said)).toBe(interval);
  });
});

describe('pollInBackground', () => {
  it('asks for the pause after each poll, whether it was answered or not', async () => {
    const delays: number[] = [];
    let fire: () => void = () => undefined;
    let polls = 0;
    pollInBackground({
      poll: () => ((polls += 1) === 1 ? Promise.reject(new Error('no answer')) : Promise.resolve()),
      delayMs: () => 100 * (delays.length + 1),
      setTimer: (fn, ms) => {
        fire = fn;
        delays.push(ms);
        return { unref: () => undefined };
      },
    });
    for (let i = 0; i < 2; i += 1) {
      fire();
      await new Promise(setImmediate);
    }
    expect(polls).toBe(2);
    expect(delays).toEqual([100, 200, 300]);
  });
});
