import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Drain } from './drain.js';

describe('Drain', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('stops the consumers first and then waits for what is in flight', async () => {
    const drain = new Drain();
    const events: string[] = [];
    drain.add({
      stopConsuming: async () => {
        events.push('stopped');
      },
    });
    const leave = drain.enter();
    const closing = drain.beforeApplicationShutdown().then(() => events.push('drained'));
    await vi.advanceTimersByTimeAsync(5000);
    expect(events).toEqual(['stopped']);
    leave();
    await closing;
    expect(events).toEqual(['stopped', 'drained']);
  });

  it('ends at once when nothing is in flight', async () => {
    await expect(new Drain().beforeApplicationShutdown()).resolves.toBeUndefined();
  });

  it('gives up after its deadline', async () => {
    const drain = new Drain({ deadlineMs: 300 });
    drain.enter();
    const closing = drain.beforeApplicationShutdown();
    await vi.advanceTimersByTimeAsync(300);
    await closing;
    expect(drain.inFlight).toBe(1);
  });

  it('counts a message out once, however often it is told', () => {
    const drain = new Drain();
    const leave = drain.enter();
    drain.enter();
    leave();
    leave();
    expect(drain.inFlight).toBe(1);
  });
});
