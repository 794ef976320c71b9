import { expect, it, vi } from 'vitest';
import { warnSeldom } from './warn-seldom.js';

it('warns once per interval, and says how often it did not', () => {
  let now = 0;
  const warn = vi.fn<(message: string) => void>();
  const seldom = warnSeldom(warn, { intervalMs: 100, now: () => now });
  for (const at of [0, 50, 99, 100, 150, 300]) {
    now = at;
    seldom(`at ${at}`);
  }
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    'at 0',
    'at 100 (and 2 times since it was last said)',
    'at 300 (and 1 times since it was last said)',
  ]);
});
