import { describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.js';
import { facts } from './facts.spec.helper.js';
import { any, decoratedWith, func, getter, inClass, method, subTypeOf } from './matcher.js';
import type { Matcher } from './matcher.js';

const ask = (matcher: Matcher, over: Parameters<typeof facts>[0] = {}) => evaluate(matcher.node, facts(over));

describe('evaluate', () => {
  it('finds members by class and by name', () => {
    expect(ask(inClass('Shop').and(method('run')))).toBe(true);
    expect(ask(inClass('Shop').and(method('stop')))).toBe(false);
    expect(ask(inClass('Bank').and(method('run')))).toBe(false);
    expect(ask(inClass('Shop').or(method('stop')))).toBe(true);
    expect(ask(inClass('Shop').not())).toBe(false);
    expect(ask(any())).toBe(true);
  });

  it('finds a class by each of its names', () => {
    expect(ask(inClass('_Shop'), { classNames: ['Shop', '_Shop'] })).toBe(true);
  });

  it('finds constructors, private methods and class fields that hold a function as methods', () => {
    expect(ask(method('constructor'), { kind: 'constructor', name: 'constructor' })).toBe(true);
    expect(ask(method('#run'), { name: '#run', isPrivate: true })).toBe(true);
    expect(ask(method('run'), { name: '#run', isPrivate: true })).toBe(false);
    expect(ask(method('run'), { kind: 'arrow' })).toBe(true);
    expect(ask(func('run'), { kind: 'arrow' })).toBe(false);
  });

  it('tells methods, getters, setters and functions of one name apart', () => {
    expect(ask(method('run'), { kind: 'getter' })).toBe(false);
    expect(ask(getter('run'), { kind: 'getter' })).toBe(true);
    expect(ask(getter('run'), { kind: 'setter' })).toBe(false);
    expect(ask(func('run'), { kind: 'function', classNames: [] })).toBe(true);
    expect(ask(func('run'), { kind: 'arrow', classNames: [] })).toBe(true);
    expect(ask(method('run'), { kind: 'function', classNames: [] })).toBe(false);
    expect(ask(func('run'))).toBe(false);
  });

  it('finds decorators of the member and of its class', () => {
    expect(ask(decoratedWith('Get'), { decorators: ['Get'] })).toBe(true);
    expect(ask(decoratedWith('Controller'), { classDecorators: ['Controller'] })).toBe(true);
    expect(ask(decoratedWith('Get'))).toBe(false);
  });

  it('answers subTypeOf where the file shows it, and leaves it open where the class extends an unknown one', () => {
    expect(ask(subTypeOf('Shop'))).toBe(true);
    expect(ask(subTypeOf('Base'), { superClasses: ['Mid', 'Base'] })).toBe(true);
    expect(ask(subTypeOf('Base'))).toBe(false);
    expect(ask(subTypeOf('Base'), { classNames: [], superClasses: [] })).toBe(false);
    expect(ask(subTypeOf('Base'), { superClasses: ['Mid'] })).toEqual([{ is: ['Base'], isNot: [] }]);
  });

  it('leaves open only what the rest of the matcher does not settle', () => {
    const open = { superClasses: ['Mid'] };
    expect(ask(subTypeOf('Base').and(method('stop')), open)).toBe(false);
    expect(ask(subTypeOf('Base').or(method('run')), open)).toBe(true);
    expect(ask(subTypeOf('Base').and(method('run')), open)).toEqual([{ is: ['Base'], isNot: [] }]);
    expect(ask(subTypeOf('A').or(subTypeOf('B')), open)).toHaveLength(2);
    expect(ask(subTypeOf('A').and(subTypeOf('A').not()), open)).toBe(false);
  });
});
