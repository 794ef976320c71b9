import { describe, expect, it } from 'vitest';
import { facts } from '../../matchers/facts.spec.helper.js';
import { decoratedWith, func, inClass, method } from '../../matchers/index.js';
import { nearMisses, shownName } from './nearest.js';

const match = inClass('Orders').and(method('reserev')).node;
const orders = (name: string, line: number) => facts({ name, classNames: ['Orders'], line });

describe('nearMisses', () => {
  it('names the functions that fail the fewest predicates, those with the likest names first', () => {
    const functions = [
      orders('place', 1),
      orders('reserve', 2),
      facts({ name: 'reserev', classNames: [] }),
      orders('x', 4),
    ];
    expect(nearMisses(match, functions).map((miss) => miss.function)).toEqual([
      'Orders.reserve:2',
      'Orders.place:1',
      'reserev:1',
    ]);
    expect(nearMisses(match, functions, 1)[0]?.unmet).toMatchObject([
      { predicate: 'method("reserev")', instead: 'it is called reserve' },
    ]);
  });

  it('leaves out those that are further off', () => {
    const functions = [facts({ name: 'other', classNames: ['Else'] }), orders('place', 1)];
    expect(nearMisses(match, functions).map((miss) => miss.function)).toEqual(['Orders.place:1']);
  });

  it('leaves out those that have nothing of what was asked for', () => {
    expect(nearMisses(match, [facts({ name: 'other', classNames: ['Else'] })])).toEqual([]);
    expect(nearMisses(func('summarise').node, [facts({ kind: 'arrow', name: 'x', classNames: [] })])).toEqual(
      [],
    );
  });

  it('takes a name for near that could be a slip of the pen', () => {
    const fn = facts({ kind: 'function', name: 'summarize', classNames: [] });
    expect(nearMisses(func('summarise').node, [fn]).map((miss) => miss.function)).toEqual(['summarize:1']);
    const get = facts({ decorators: ['EventPatern'] });
    expect(nearMisses(decoratedWith('EventPattern').node, [get])).toHaveLength(1);
  });

  it('names none where there is none', () => {
    expect(nearMisses(match, [])).toEqual([]);
  });
});

describe('shownName', () => {
  it.each([
    [{}, 'Shop.run'],
    [{ kind: 'getter' }, 'Shop.get run'],
    [{ kind: 'setter' }, 'Shop.set run'],
    [{ classNames: [], name: '' }, '<anonymous>'],
  ] as const)('of %j is %s', (over, name) => {
    expect(shownName(facts(over))).toBe(name);
  });
});
