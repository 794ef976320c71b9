import { describe, expect, it } from 'vitest';
import { any, inClass } from '../matchers/index.js';
import { defineInterceptor } from './define-interceptor.js';
import type { InterceptorDefinition } from './define-interceptor.js';
import { definitionOf, Interceptor, isInterceptorClass, isInterceptorDefinition } from './interceptor.js';
import type { Call } from '../runtime/index.js';

const call = {} as Call;
const define = (definition: unknown) => () => defineInterceptor(definition as InterceptorDefinition);

describe('defineInterceptor', () => {
  it('takes advice and replacements', () => {
    const advice = defineInterceptor({ name: 'a', match: any(), onEnter: (call) => void (call.state = 1) });
    const replacement = defineInterceptor({
      name: '@acme/shop:b',
      match: any(),
      replace: (_call, proceed) => proceed(),
    });
    expect([advice, replacement].every(isInterceptorDefinition)).toBe(true);
    expect(Object.isFrozen(advice)).toBe(true);
  });

  it.each([
    ['no name', { match: any(), onEnter() {} }, 'needs a name'],
    ['an odd name', { name: 'a b', match: any(), onEnter() {} }, 'needs a name'],
    ['no matcher', { name: 'a', onEnter() {} }, 'needs a matcher'],
    ['no hook', { name: 'a', match: any() }, 'needs onEnter'],
    ['a hook that is no function', { name: 'a', match: any(), onExit: 5 }, 'onExit must be a function'],
    ['both styles', { name: 'a', match: any(), onEnter() {}, replace() {} }, 'either replace or advice'],
    ['nothing', undefined, 'needs a name'],
  ])('refuses %s', (_what, definition, part) => {
    expect(define(definition)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_INTERCEPTOR', message: expect.stringContaining(part) }),
    );
  });
});

class Orders extends Interceptor {
  readonly match = inClass('Orders');
  readonly seen: Call[] = [];
  override onEnter(call: Call): void {
    this.seen.push(call);
  }
}

describe('Interceptor', () => {
  it('is a class per interceptor, named as the class', () => {
    const definition = definitionOf(Orders);
    expect(definition).toMatchObject({ name: 'Orders', match: { node: { is: 'class', name: 'Orders' } } });
    expect(Object.keys(definition)).toEqual(['name', 'match', 'onEnter']);
    expect(() => definition.onEnter?.(call)).not.toThrow();
  });

  it('may have another name', () => {
    class Named extends Orders {
      override get name(): string {
        return 'orders';
      }
    }
    expect(definitionOf(Named).name).toBe('orders');
  });

  it('is known by a brand that sub-classes have and others have not', () => {
    expect(isInterceptorClass(Orders)).toBe(true);
    expect(isInterceptorClass(Map)).toBe(false);
    expect(() => definitionOf(Map)).toThrow(expect.objectContaining({ code: 'DT_ERR_INTERCEPTOR' }));
  });

  it('gives back what defineInterceptor made', () => {
    const definition = defineInterceptor({ name: 'a', match: any(), onExit() {} });
    expect(definitionOf(definition)).toBe(definition);
  });
});
