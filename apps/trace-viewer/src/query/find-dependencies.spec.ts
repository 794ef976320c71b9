import { describe, expect, it } from 'vitest';
import { hex, storeOf, timed } from '../store/store.spec.helper.js';
import { findDependencies } from './find-dependencies.js';

const call = (trace: number, timestamp: number, tags: Record<string, string> = {}) => [
  timed(trace, 1, timestamp, { kind: 'CLIENT' }),
  timed(trace, 1, timestamp, {
    kind: 'SERVER',
    shared: true,
    localEndpoint: { serviceName: 'executor' },
    tags,
  }),
];

describe('findDependencies', () => {
  const store = storeOf([
    ...call(1, 1_000_000),
    ...call(2, 2_000_000, { error: 'x' }),
    ...call(3, 9_000_000),
  ]);

  it('sums the calls of all traces in the window', async () => {
    expect(await findDependencies(store, { beginMs: 1000, endMs: 2000 })).toEqual([
      { parent: 'client', child: 'executor', callCount: 2, errorCount: 1 },
    ]);
  });

  it('knows nothing of traces outside of it', async () => {
    expect(await findDependencies(store, { beginMs: 3000, endMs: 8000 })).toEqual([]);
    expect(store.trace(hex(3))).toBeDefined();
  });

  it('lets others work between traces', async () => {
    let clock = 0;
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    const slow = { now: () => (clock += 10), pause };
    await findDependencies(store, { beginMs: 0, endMs: 10_000 }, slow);
    expect(pauses).toBe(3);
  });
});
