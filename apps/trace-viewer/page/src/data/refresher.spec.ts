import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRefresher } from './refresher.js';

interface Reading {
  readonly signal: AbortSignal;
  end(): Promise<void>;
}

let readings: Reading[];
const read = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = async (): Promise<void> => {
      resolve();
      await vi.advanceTimersByTimeAsync(0);
    };
    readings.push({ signal, end });
  });

beforeEach(() => {
  readings = [];
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('createRefresher', () => {
  it('reads once for many changes, after a pause', async () => {
    const refresher = createRefresher(read, { pauseMs: 500 });
    for (let i = 0; i < 10; i++) refresher.soon();
    await vi.advanceTimersByTimeAsync(499);
    expect(readings).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(readings).toHaveLength(1);
  });

  it('waits for a slow answer while changes come, and reads again after it', async () => {
    const refresher = createRefresher(read, { pauseMs: 500 });
    refresher.now();
    for (let i = 0; i < 10; i++) {
      refresher.soon();
      await vi.advanceTimersByTimeAsync(300);
    }
    expect(readings).toHaveLength(1);
    expect(readings[0]!.signal.aborted).toBe(false);
    await readings[0]!.end();
    await vi.advanceTimersByTimeAsync(500);
    expect(readings).toHaveLength(2);
  });

  it('leaves more time between slow readings', async () => {
    const refresher = createRefresher(read, { pauseMs: 500, pauseTimes: 5, now: Date.now });
    refresher.now();
    refresher.soon();
    await vi.advanceTimersByTimeAsync(1000);
    await readings[0]!.end();
    await vi.advanceTimersByTimeAsync(4999);
    expect(readings).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(readings).toHaveLength(2);
  });

  it('gives up what it reads when it must read now, and when it is stopped', async () => {
    const refresher = createRefresher(read, { pauseMs: 500 });
    refresher.now();
    refresher.now();
    expect(readings.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    await readings[0]!.end();
    refresher.soon();
    refresher.stop();
    expect(readings[1]!.signal.aborted).toBe(true);
    await readings[1]!.end();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(readings).toHaveLength(2);
  });
});
