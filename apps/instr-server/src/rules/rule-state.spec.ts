import { describe, expect, it } from 'vitest';
import { merged, stateOf, switched, type RuleState } from './rule-state.js';

const OLD = { rulesHash: 'old', bundle: 'b', origin: 'shop' };
const NEW = { rulesHash: 'new', bundle: 'b', origin: 'shop' };
const OTHER = { rulesHash: 'other', bundle: 'b', origin: 'bank' };

const state = (found: typeof OLD, serial: number, ...disabled: string[]): RuleState => ({
  ...found,
  serial,
  disabled,
});

describe('the state of rules that were loaded', () => {
  it('is as it was while nothing newer has been served', () => {
    const before = state(OLD, 7, 'orders');
    expect(stateOf(OLD, [before, state(OTHER, 3)], 100)).toBe(before);
  });

  it('gets the next serial, and the switches of the rules they stand for', () => {
    expect(stateOf(NEW, [state(OLD, 7, 'orders')], 100)).toEqual(state(NEW, 100, 'orders'));
    expect(stateOf({ ...OLD, bundle: 'c' }, [state(OLD, 7, 'orders')], 5)).toMatchObject({ serial: 8 });
  });

  it('is newer than all that was served, when rules are taken back', () => {
    const states = [state(NEW, 9), state(OLD, 7, 'orders')];
    // Switched on since.
    expect(stateOf(OLD, states, 1)).toEqual(state(OLD, 10));
  });

  it('has no switch of other rules', () => {
    expect(stateOf(OTHER, [state(OLD, 7, 'orders')], 1)).toEqual(state(OTHER, 8));
    // The same rules from elsewhere are no others.
    expect(stateOf({ ...OLD, origin: 'copy' }, [state(OLD, 7, 'orders')], 1).disabled).toEqual(['orders']);
  });
});

describe('a switch', () => {
  it('is newer than anything that is known, and nothing where it is so already', () => {
    const before = state(OLD, 7, 'orders');
    const others = [before, state(OTHER, 20)];
    expect(switched(before, 'orders', false, others, 1)).toBe(before);
    expect(switched(before, 'orders', true, others, 1)).toEqual(state(OLD, 21));
    expect(switched(before, 'more', false, others, 50)).toEqual(state(OLD, 50, 'orders', 'more'));
  });
});

describe('states from two sides', () => {
  it('come to the newer one of each rule set, the newest 32', () => {
    const a = [state(OLD, 7), state(OTHER, 3)];
    const b = [state(OLD, 6, 'orders'), state(OTHER, 8)];
    expect(merged(a, b)).toEqual([state(OTHER, 8), state(OLD, 7)]);
    const many = Array.from({ length: 40 }, (_, i) => state({ ...OLD, rulesHash: `${i}` }, i));
    expect(merged(many, []).map(({ serial }) => serial)).toEqual(
      Array.from({ length: 32 }, (_, i) => 39 - i),
    );
  });
});
