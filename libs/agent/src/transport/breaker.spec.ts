import { describe, expect, it } from 'vitest';
import { Breaker } from './breaker.js';

const at = (start: number) => {
  const clock = { nowMs: start };
  return { clock, breaker: new Breaker({ nowMs: () => clock.nowMs, random: () => 0.5, budgetMs: 3000 }) };
};

describe('the breaker', () => {
  it('allows nothing after a failure until a pause is over, which doubles up to a minute', () => {
    const { clock, breaker } = at(5000);
    const pauses: number[] = [];
    for (let i = 0; i < 8; i += 1) {
      breaker.failed();
      pauses.push(breaker.pauseMs);
      expect(breaker.allows).toBe(false);
      clock.nowMs += breaker.pauseMs;
      expect(breaker.allows).toBe(true);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  });

  it('allows nothing more once the waiting adds up to the budget, until the server has answered in the background', () => {
    const { breaker } = at(0);
    breaker.waited(2999);
    breaker.succeeded();
    expect(breaker.allows).toBe(true);
    breaker.waited(1);
    expect(breaker.allows).toBe(false);
    breaker.recovered();
    expect(breaker.allows).toBe(true);
  });

  it('begins anew after an answer', () => {
    const { breaker } = at(0);
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
    expect(breaker.failing).toBe(false);
    breaker.failed();
    expect(breaker.pauseMs).toBe(1000);
  });
});
