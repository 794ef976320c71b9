import { describe, expect, it } from 'vitest';
import { inSlices } from './in-slices.js';

describe('putting a page together', () => {
  it('pauses for the application after each slice of time', async () => {
    let nowMs = 0;
    let pauses = 0;
    function* pieces() {
      for (let i = 0; i < 10; i++) {
        nowMs += 0.5;
        yield i === 0 ? { text: '日' } : String(i);
      }
    }
    const body = await inSlices(pieces(), { now: () => nowMs, pause: async () => void pauses++ });
    expect(body.toString()).toBe('日123456789');
    expect(pauses).toBe(5);
  });

  it('does not pause for a short page', async () => {
    const pause = () => Promise.reject(new Error('no need'));
    expect((await inSlices(['a', 'b'], { now: () => 0, pause })).toString()).toBe('ab');
    expect((await inSlices([], { now: () => 0, pause })).length).toBe(0);
  });
});
