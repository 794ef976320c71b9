import { expect, it, vi } from 'vitest';
import { watchProcess } from './process-facts.js';

it('process facts are numbers, and those of the event loop begin anew each time', async () => {
  const facts = watchProcess(() => 7);
  await vi.waitUntil(() => facts()['eventLoopDelayMaxMs']! > 0, { timeout: 20_000 });
  const { modulesLoaded, heapUsedBytes, rssBytes, ...others } = facts();
  expect(modulesLoaded).toBe(7);
  expect(heapUsedBytes).toBeGreaterThan(1_000_000);
  expect(rssBytes).toBeGreaterThan(10_000_000);
  for (const value of Object.values(others)) expect(value).toBeGreaterThanOrEqual(0);
});
