import { describe, expect, it } from 'vitest';
import { inClass } from '../../matchers/index.js';
import { testInterceptor } from '../test-interceptor.js';
import { ReflectionUtils } from './reflection-utils.js';
import { frameNames, StackTraceUtils } from './stack-trace-utils.js';
import { StorageUtils } from './storage-utils.js';
import { TransformerUtils } from './transformer-utils.js';

describe('StorageUtils', () => {
  it('gives the same list and map for a name until it is removed', () => {
    StorageUtils.getList('tasks').push(1);
    StorageUtils.getMap('tasks').set('a', 1);
    expect(StorageUtils.getList('tasks')).toEqual([1]);
    expect(StorageUtils.getMap('tasks').get('a')).toBe(1);
    expect([StorageUtils.removeList('tasks'), StorageUtils.removeMap('tasks')]).toEqual([true, true]);
    expect([StorageUtils.hasList('tasks'), StorageUtils.hasMap('tasks')]).toEqual([false, false]);
    expect(StorageUtils.getList('tasks')).toEqual([]);
    StorageUtils.removeList('tasks');
  });
});

describe('StackTraceUtils', () => {
  it('counts the frames of a method, of any class or of one', () => {
    const seen: number[][] = [];
    class Tree {
      walk(depth: number): void {
        if (depth > 0) return this.walk(depth - 1);
        seen.push(['walk', 'Tree.walk', 'Other.walk', 'alk'].map(StackTraceUtils.numMethodCalls));
        expect(StackTraceUtils.containsMethodCall('Tree.walk')).toBe(true);
      }
    }
    new Tree().walk(20);
    expect(seen).toEqual([[21, 21, 0, 0]]);
    expect(Error.stackTraceLimit).toBeLessThan(100);
  });

  it('says 0 where the application formats stacks in its own way', () => {
    const before = Error.prepareStackTrace;
    try {
      Error.prepareStackTrace = () => 5;
      expect(StackTraceUtils.numMethodCalls('anything')).toBe(0);
      Error.prepareStackTrace = () => {
        throw new Error('theirs');
      };
      expect(StackTraceUtils.containsMethodCall('anything')).toBe(false);
    } finally {
      Error.prepareStackTrace = before;
    }
  });

  it('reads what V8 writes', () => {
    const lines = [
      'new Orders (a:1:1)',
      'async Orders.place (a:1:1)',
      'Object.f [as g] (a:1:1)',
      '/a.js:1:1',
    ];
    expect(frameNames(`Error: x\n${lines.map((line) => `    at ${line}`).join('\n')}`)).toEqual([
      'Orders.constructor',
      'Orders.place',
      'Object.f',
    ]);
  });
});

describe('ReflectionUtils', () => {
  it('reaches fields and methods of objects whose type is not known', () => {
    class Task {
      private readonly options = { queue: 'tasks' };
      private times(n: number): string {
        return this.options.queue.repeat(n);
      }
      fail(): never {
        throw new Error(this.times(1));
      }
    }
    const task = new Task();
    expect(ReflectionUtils.getField(task, 'options.queue')).toBe('tasks');
    expect(ReflectionUtils.getField(task, 'options.none.deep')).toBeUndefined();
    expect(ReflectionUtils.getField(undefined, 'x')).toBeUndefined();
    expect(ReflectionUtils.callMethod(task, 'times', 2)).toBe('taskstasks');
    expect(ReflectionUtils.callMethod(task, 'fail')).toBeUndefined();
    expect(ReflectionUtils.callMethod(task, 'none')).toBeUndefined();
    expect(ReflectionUtils.hasMethod(task, 'fail')).toBe(true);
    expect(ReflectionUtils.className(task)).toBe('Task');
    expect(ReflectionUtils.setField(task, 'extra', 1)).toBe(true);
    expect(ReflectionUtils.setField(Object.freeze({}), 'extra', 1)).toBe(false);
    expect(ReflectionUtils.setField(null, 'extra', 1)).toBe(false);
  });
});

describe('TransformerUtils', () => {
  const source = `exports.orders = new (class Orders {
    place() { return 'placed'; }
    cancel() { return 'cancelled'; }
    list() { return 'listed'; }
  })();`;
  type Exports = { orders: Record<string, () => string> };

  it('puts advice around one method or some', () => {
    const seen: string[] = [];
    const onEnter = ({ function: name }: { readonly function: string }) => void seen.push(name);
    const one = TransformerUtils.forMethod(inClass('Orders'), 'list', { name: 'one', onEnter });
    const two = TransformerUtils.forMethods(inClass('Orders'), ['place', 'cancel'], { name: 'two', onEnter });
    const { exports } = testInterceptor<Exports>(source, [one, two]);
    for (const name of ['place', 'list', 'cancel']) exports.orders[name]?.();
    expect(seen).toEqual(['Orders.place', 'Orders.list', 'Orders.cancel']);
  });

  it('lets the methods of an interceptor stand in for those of their name', () => {
    const methods = { place: () => 'mine', cancel: () => 'mine', list: () => 'mine' };
    const stand = TransformerUtils.forInterceptorMethods(inClass('Orders'), methods, {
      name: 'stand',
      ignore: ['list'],
    });
    const { orders } = testInterceptor<Exports>(source, stand).exports;
    expect(['place', 'cancel', 'list'].map((name) => orders[name]?.())).toEqual(['mine', 'mine', 'listed']);
  });

  it('runs the original after the interceptor with callSuper', () => {
    const seen: string[] = [];
    const methods = { place: () => void seen.push('before') };
    const stand = TransformerUtils.forInterceptorMethods(inClass('Orders'), methods, {
      name: 'stand',
      callSuper: true,
    });
    expect(testInterceptor<Exports>(source, stand).exports.orders['place']?.()).toBe('placed');
    expect(seen).toEqual(['before']);
  });
});
