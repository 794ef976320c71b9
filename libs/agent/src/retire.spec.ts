import { describe, expect, it, vi } from 'vitest';
import type { BundleHandle } from '@distrace/instrumentation/runtime';
import { Retired } from './retire.js';

function setUp(openSpans: (() => number) | undefined) {
  const timers: (() => void)[] = [];
  const said: string[] = [];
  const shutdown = vi.fn<BundleHandle['shutdown']>(() => Promise.resolve());
  const retired = new Retired({
    log: { info: (text) => said.push(text), debug: () => undefined },
    setTimer: (fn) => (timers.push(fn), { unref: () => undefined }),
  });
  retired.add({ scope: (fn) => fn(), shutdown, ...(openSpans && { openSpans }) });
  const turn = (times: number) => {
    for (let i = 0; i < times; i += 1) timers.shift()?.();
  };
  return { retired, shutdown, said, turn };
}

describe('a helper bundle that another has followed', () => {
  it('is shut down when its last span has ended', async () => {
    let open = 2;
    const { retired, shutdown, said, turn } = setUp(() => open);
    turn(10);
    expect([shutdown.mock.calls.length, retired.handles.length]).toEqual([0, 1]);
    open = 0;
    turn(1);
    expect(shutdown).toHaveBeenCalledTimes(1);
    await vi.waitFor(() => expect(retired.handles).toEqual([]));
    expect(said).toEqual([]);
  });

  it('waits for half a minute and says what is lost', () => {
    const { shutdown, said, turn } = setUp(() => 3);
    turn(59);
    expect(shutdown).not.toHaveBeenCalled();
    turn(1);
    expect(shutdown).toHaveBeenCalledTimes(1);
    expect(said).toEqual(['3 spans of the helper bundle before were open for 30 s and are lost']);
  });

  it('is shut down at once when it cannot say what is open, or nothing is', () => {
    expect(setUp(undefined).shutdown).toHaveBeenCalledTimes(1);
    expect(setUp(() => 0).shutdown).toHaveBeenCalledTimes(1);
  });
});
