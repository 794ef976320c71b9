import { trace } from '@opentelemetry/api';
import { afterEach, expect, it, vi } from 'vitest';
import { createTracingHarness } from './index.js';
import { spanWatcher } from './span-watcher.js';

afterEach(() => void vi.restoreAllMocks());

async function seenBy(options: Parameters<typeof createTracingHarness>[0]): Promise<readonly string[]> {
  const watcher = spanWatcher();
  if (watcher === undefined) throw new Error('The suite has no watcher.');
  const seen = vi.spyOn(watcher, 'onEnd');
  const tracing = createTracingHarness(options);
  trace.getTracer('app').startSpan('work').end();
  await tracing.close();
  return seen.mock.calls.map(([span]) => span.name);
}

it('shows its spans to what watches all harnesses', async () => {
  expect(await seenBy({})).toEqual(['work']);
});

it('does not with lint: false', async () => {
  expect(await seenBy({ lint: false })).toEqual([]);
});
