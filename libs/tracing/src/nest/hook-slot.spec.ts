import { describe, expect, it } from 'vitest';
import { takeHookSlot } from './hook-slot.js';

type Hook = (what: string) => void;

class Adapter {
  hook: Hook | undefined;
  setHook(hook: Hook): void {
    this.hook = hook;
  }
}

function taken(previous?: Hook) {
  const adapter = new Adapter();
  const calls: string[] = [];
  takeHookSlot<Hook>(adapter, 'setHook', previous, (theirs) => (what) => {
    calls.push(what);
    theirs()?.(what);
  });
  return { adapter, calls };
}

describe('takeHookSlot', () => {
  it('calls what was there before, until something else is set', () => {
    const before: string[] = [];
    const after: string[] = [];
    const { adapter, calls } = taken((what) => before.push(what));
    adapter.hook?.('a');
    adapter.setHook((what) => after.push(what));
    adapter.hook?.('b');
    expect({ calls, before, after }).toEqual({ calls: ['a', 'b'], before: ['a'], after: ['b'] });
  });

  it('stays itself when it is set again', () => {
    const { adapter, calls } = taken();
    const ours = adapter.hook as Hook;
    adapter.setHook(ours);
    adapter.hook?.('a');
    expect(calls).toEqual(['a']);
  });

  it('leaves an owner without the setter alone', () => {
    const owner = {};
    takeHookSlot(owner, 'setHook', undefined, () => () => undefined);
    expect(Object.keys(owner)).toEqual([]);
  });
});
