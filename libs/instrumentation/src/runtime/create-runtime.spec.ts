/* oxlint-disable unicorn/no-thenable, eslint/no-extend-native, typescript/no-extraneous-class, unicorn/no-unnecessary-await -- what applications do is the subject */
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { ProbeRecord } from '../wire/edit-list.js';
import { createRuntime } from './create-runtime.js';
import type { RuntimeReport } from './control.js';
import type { Call, InterceptorBody } from './types.js';

const noArgs = [] as const;

function record(over: Partial<ProbeRecord> = {}): ProbeRecord {
  return { interceptors: ['a'], function: 'C.m', line: 3, flow: 'sync', ...over };
}

/** A runtime with one probe, number 0, and these interceptors in this order. */
function runtimeWith(bodies: Record<string, InterceptorBody>, over: Partial<ProbeRecord> = {}) {
  const reports: RuntimeReport[] = [];
  const { woven, control } = createRuntime({ onReport: (report) => reports.push(report) });
  control.register([record({ interceptors: Object.keys(bodies), ...over })]);
  for (const [name, body] of Object.entries(bodies)) control.bind(name, body);
  return { woven, control, reports };
}

/** Advice that writes down what it is told. */
function scribe(log: unknown[], name = 'a'): InterceptorBody {
  return {
    onEnter: () => log.push(`${name} enters`),
    onExit: (_, result) => log.push([`${name} exits`, result]),
    onError: (_, error) => log.push([`${name} fails`, error]),
  };
}

describe('the woven object', () => {
  it('is frozen and has no prototype', () => {
    const { woven } = createRuntime();
    expect(Object.isFrozen(woven)).toBe(true);
    expect(Object.getPrototypeOf(woven)).toBe(null);
  });

  it('runs only the body where nothing is bound, and for numbers nobody registered', () => {
    const { woven } = createRuntime();
    expect(woven.run(7, undefined, noArgs, () => 'body')).toBe('body');
    expect(woven.enter(7, undefined, noArgs)).toBeUndefined();
  });
});

describe('advice', () => {
  it('sees receiver, live arguments, name, line and what came back', () => {
    const seen: unknown[] = [];
    const self = {};
    const { woven } = runtimeWith({
      a: {
        onEnter({ self, args, function: name, line }) {
          seen.push(self, args[0], name, line);
        },
        onExit: (call, result) => seen.push(call.args[0], result),
      },
    });
    const args = ['before'];
    woven.run(0, self, args, () => {
      args[0] = 'after';
      return 'result';
    });
    expect(seen).toEqual([self, 'before', 'C.m', 3, 'after', 'result']);
    expect(seen[0]).toBe(self);
  });

  it('nests: the first interceptor enters first and leaves last', () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({ a: scribe(log, 'a'), b: scribe(log, 'b') });
    woven.run(0, undefined, noArgs, () => log.push('body'));
    expect(log).toEqual(['a enters', 'b enters', 'body', ['b exits', 3], ['a exits', 3]]);
  });

  it('is told of an error instead of a result, and the caller gets the very same error', () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({ a: scribe(log) });
    const error = new Error('no');
    expect(() =>
      woven.run(0, undefined, noArgs, () => {
        throw error;
      }),
    ).toThrow(error);
    expect(log).toEqual(['a enters', ['a fails', error]]);
  });

  it('has a state of its own in each call and each interceptor', () => {
    const states: unknown[] = [];
    const counting = (start: number): InterceptorBody => ({
      onEnter: (call) => (call.state = start),
      onExit: (call) => states.push(call.state),
    });
    const { woven } = runtimeWith({ a: counting(1), b: counting(2) });
    woven.run(0, undefined, noArgs, () => woven.run(0, undefined, noArgs, () => undefined));
    expect(states).toEqual([2, 1, 2, 1]);
  });

  it('ends with the promise of an async function, in the same microtask order as without it', async () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({ a: scribe(log) }, { flow: 'async' });
    const wovenFunction = async (value: unknown) =>
      await woven.runAsync(0, undefined, noArgs, async () => await value);
    const plain = async (value: unknown) => await value;
    // One more microtask than the plain one, on or off.
    void wovenFunction(1).then(() => log.push('woven'));
    void plain(2)
      .then(() => log.push('plain'))
      .then(() => log.push('plain and one tick'));
    await new Promise(setImmediate);
    expect(log).toEqual(['a enters', ['a exits', 1], 'plain', 'woven', 'plain and one tick']);
    await expect(wovenFunction(Promise.reject(new Error('late')))).rejects.toThrow('late');
    expect(log.at(-1)).toEqual(['a fails', new Error('late')]);
  });

  it('I6: leaves thenables, sub-classes of Promise and Observables alone and ends at return', () => {
    class Later extends Promise<number> {}
    const results = [
      Later.resolve(1),
      { then: () => undefined },
      { subscribe: () => undefined },
      Object.assign(Promise.resolve(), { then: () => undefined }),
    ];
    for (const result of results) {
      const log: unknown[] = [];
      const { woven } = runtimeWith({ a: scribe(log) });
      expect(woven.run(0, undefined, noArgs, () => result)).toBe(result);
      expect(log[1]).toEqual(['a exits', result]);
    }
  });

  it('gives a constructor’s object as the result and hands on what the body gave', () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({ a: scribe(log) });
    const self = {};
    const other = { other: true };
    expect(woven.construct(0, self, noArgs, Object, () => undefined)).toBeUndefined();
    expect(woven.construct(0, self, noArgs, Object, () => other)).toBe(other);
    expect(
      woven.derive(
        0,
        noArgs,
        Object,
        () => undefined,
        () => self,
      ),
    ).toBeUndefined();
    expect(log.filter((entry) => Array.isArray(entry)).map(([, made]) => made as unknown)).toEqual([
      self,
      other,
      self,
    ]);
  });

  it('is told of bodies in place by enter and leave', () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({ a: scribe(log) }, { flow: 'generator' });
    const promise = Promise.resolve();
    woven.leave(woven.enter(0, undefined, noArgs), promise);
    const call = woven.enter(0, undefined, noArgs);
    Object.assign(call!, { failed: true, error: 'thrown' });
    woven.leave(call, undefined);
    expect(log).toEqual(['a enters', ['a exits', promise], 'a enters', ['a fails', 'thrown']]);
  });
});

describe('a hook that throws', () => {
  it('I13: does not touch the result, is counted, reported once, and switched off at that function after ten', () => {
    const body = { onExit: () => undefined as unknown };
    const { woven, control, reports } = runtimeWith({ a: body as InterceptorBody, b: scribe([], 'b') });
    control.register([record()]);
    body.onExit = () => {
      throw new Error('exit');
    };
    for (let i = 0; i < 15; i += 1) expect(woven.run(0, undefined, noArgs, () => i)).toBe(i);
    expect(control.counters()).toMatchObject({ calls: 15, errors: 10, disabled: 1, probes: 2, live: 2 });
    expect(reports.map(({ kind, interceptor, disabled }) => [kind, interceptor, disabled])).toEqual([
      ['interceptor-error', 'a', false],
      ['interceptor-error', 'a', true],
    ]);
    woven.run(1, undefined, noArgs, () => undefined);
    expect(control.counters().errors).toBe(11);
  });

  it('in onEnter means that this call is not told of again', () => {
    let exits = 0;
    const { woven } = runtimeWith({
      a: {
        onEnter() {
          throw new Error('enter');
        },
        onExit: () => void (exits += 1),
      },
    });
    expect(woven.run(0, undefined, noArgs, () => 1)).toBe(1);
    expect(exits).toBe(0);
  });

  it('after a promise has settled disturbs nobody', async () => {
    const { woven, control } = runtimeWith({
      a: {
        onExit() {
          throw new Error('exit');
        },
      },
    });
    await expect(woven.runAsync(0, undefined, noArgs, async () => 1)).resolves.toBe(1);
    expect(control.counters().errors).toBe(1);
  });

  it('is not made worse by a listener that throws', () => {
    const { woven, control } = createRuntime({
      onReport() {
        throw new Error('listener');
      },
    });
    control.register([record()]);
    control.bind('a', {
      onEnter() {
        throw new Error('enter');
      },
    });
    expect(woven.run(0, undefined, noArgs, () => 1)).toBe(1);
  });
});

describe('code inside an interceptor', () => {
  it('I14: triggers no interceptor, in hooks as in replacements, but in what proceed runs', () => {
    let entered = 0;
    const { woven, control } = createRuntime();
    control.register([record(), record({ interceptors: ['b'] }), record({ interceptors: ['r'] })]);
    const traced = (): unknown => woven.run(1, undefined, noArgs, () => 'traced');
    control.bind('a', { onEnter: traced, onExit: traced });
    control.bind('b', { onEnter: () => void (entered += 1) });
    control.bind('r', {
      replace(_, proceed) {
        traced();
        return proceed();
      },
    });
    woven.run(0, undefined, noArgs, () => undefined);
    expect(entered).toBe(0);
    expect(woven.run(2, undefined, noArgs, traced)).toBe('traced');
    expect(entered).toBe(1);
    traced();
    expect(entered).toBe(2);
  });
});

describe('a replacement', () => {
  it('I15: may change the result, skip the call, or run it again', () => {
    let runs = 0;
    const body = () => (runs += 1);
    const replaced = (replace: (call: Call, proceed: () => unknown) => unknown) =>
      runtimeWith({ a: { replace } }).woven.run(0, undefined, noArgs, body);
    expect(replaced((_, proceed) => `${proceed() as number} of Base`)).toBe('1 of Base');
    expect(replaced(() => 'skipped')).toBe('skipped');
    expect(runs).toBe(1);
    expect(replaced((_, proceed) => [proceed(), proceed()])).toEqual([2, 3]);
  });

  it('stands inside the interceptors before it and around those after it', () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({
      a: scribe(log, 'a'),
      r: {
        replace(_, proceed) {
          log.push('r');
          return `[${proceed() as string}]`;
        },
      },
      b: scribe(log, 'b'),
    });
    expect(woven.run(0, undefined, noArgs, () => 'x')).toBe('[x]');
    expect(log).toEqual(['a enters', 'r', 'b enters', ['b exits', 'x'], ['a exits', '[x]']]);
  });

  it('passes its own errors and those of the function to the caller', () => {
    const log: unknown[] = [];
    const { woven, control } = runtimeWith({
      a: scribe(log),
      r: {
        replace() {
          throw new Error('refused');
        },
      },
    });
    expect(() => woven.run(0, undefined, noArgs, () => 1)).toThrow('refused');
    expect(log).toEqual(['a enters', ['a fails', new Error('refused')]]);
    expect(control.counters().errors).toBe(0);
  });

  it('of an async function may proceed later', async () => {
    const { woven } = runtimeWith({
      a: {
        async replace(_, proceed) {
          await null;
          return [await proceed()];
        },
      },
    });
    await expect(woven.runAsync(0, undefined, noArgs, async () => 1)).resolves.toEqual([1]);
  });

  it('is reported where the body stays in place, once', () => {
    const { woven, reports } = runtimeWith({ a: { replace: () => 'never' } }, { flow: 'generator' });
    woven.leave(woven.enter(0, undefined, noArgs), 1);
    woven.leave(woven.enter(0, undefined, noArgs), 1);
    expect(reports).toMatchObject([{ kind: 'replacement-impossible', interceptor: 'a', function: 'C.m' }]);
  });
});

describe('switches', () => {
  it('put a probe off and on while the application runs, also before it is bound', () => {
    let entered = 0;
    const { woven, control } = createRuntime();
    control.setEnabled('a', false);
    expect(control.register([record()])).toBe(0);
    expect(control.register([record(), record()])).toBe(1);
    control.bind('a', { onEnter: () => void (entered += 1) });
    const call = () => woven.run(2, undefined, noArgs, () => undefined);
    call();
    expect(entered).toBe(0);
    control.setEnabled('a', true);
    call();
    expect(entered).toBe(1);
    control.bind('a', { onEnter: () => void (entered += 10) });
    call();
    expect(entered).toBe(11);
    control.setEnabled('a', false);
    call();
    expect(entered).toBe(11);
    expect(control.counters().live).toBe(0);
  });

  it('let a call that is under way tell its end', () => {
    const log: unknown[] = [];
    const { woven, control } = runtimeWith({ a: scribe(log) });
    woven.run(0, undefined, noArgs, () => control.setEnabled('a', false));
    expect(log).toHaveLength(2);
  });
});

describe('the condition on the receiver', () => {
  class Base {}
  class Task extends Base {}
  const entered = (self: unknown, newTarget?: unknown): number => {
    let count = 0;
    const { woven } = runtimeWith(
      { a: { onEnter: () => void (count += 1) } },
      { when: [{ subTypeOf: ['Base'] }] },
    );
    if (newTarget === undefined) woven.run(0, self, noArgs, () => undefined);
    else {
      woven.derive(
        0,
        noArgs,
        newTarget,
        () => undefined,
        () => self,
      );
    }
    return count;
  };

  it('I9: holds for a class, its sub-classes, their static methods, and constructors before super', () => {
    expect([entered(new Base()), entered(new Task()), entered(Task), entered(undefined, Task)]).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('does not hold for others, nor for receivers that refuse to be asked', () => {
    const hostile = new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error('no');
        },
      },
    );
    expect([entered({}), entered(undefined), entered(1), entered(null), entered(hostile)]).toEqual([
      0, 0, 0, 0, 0,
    ]);
  });

  it('runs no getter of the application', () => {
    class Odd {
      static get name(): string {
        throw new Error('ran');
      }
    }
    expect(entered(new Odd())).toBe(0);
  });
});

describe('the async context', () => {
  const storage = new AsyncLocalStorage<string>();
  const scopes = {
    scope: <T>(fn: () => T): T => storage.run(storage.getStore() ?? '', fn),
    capture: () => storage.getStore(),
    resume: <T>(captured: unknown, fn: () => T): T => storage.run(captured as string, fn),
  };
  const entering: InterceptorBody = { onEnter: () => storage.enterWith('entered') };

  it('that onEnter leaves behind holds in the body and what it starts, and not for the caller', async () => {
    const { woven, control } = runtimeWith({ a: entering });
    control.setScope(scopes);
    const seen = woven.run(0, undefined, noArgs, () => [
      storage.getStore(),
      new Promise((resolve) => setTimeout(() => resolve(storage.getStore()))),
    ]) as unknown[];
    expect(storage.getStore()).toBeUndefined();
    expect(seen[0]).toBe('entered');
    await expect(seen[1]).resolves.toBe('entered');
  });

  it('comes back for the hooks of a body in place, and leaks into neither body nor caller', () => {
    const seen: unknown[] = [];
    const { woven, control } = runtimeWith({
      a: { ...entering, onExit: () => seen.push(storage.getStore()) },
    });
    control.setScope(scopes);
    const call = woven.enter(0, undefined, noArgs);
    seen.push(storage.getStore());
    woven.leave(call, 1);
    seen.push(storage.getStore());
    expect(seen).toEqual([undefined, 'entered', undefined]);
  });

  it('comes back for the end of a promise, wherever it is awaited', async () => {
    const seen: unknown[] = [];
    const { woven, control } = runtimeWith({
      a: { ...entering, onExit: () => seen.push(storage.getStore()) },
    });
    control.setScope(scopes);
    await storage.run('elsewhere', async () => {
      await woven.run(0, undefined, noArgs, () => Promise.resolve());
    });
    expect(seen).toEqual(['entered']);
  });

  it('that cannot be set costs the interceptors, not the call', () => {
    const { woven, control, reports } = runtimeWith({ a: entering });
    control.setScope({
      scope() {
        throw new Error('no scope');
      },
    });
    expect(woven.run(0, undefined, noArgs, () => 'body')).toBe('body');
    expect(woven.enter(0, undefined, noArgs)).toBeUndefined();
    expect(reports.map(({ kind }) => kind)).toEqual(['scope-error', 'scope-error']);
  });
});

describe('an application that changes the language', () => {
  it('does not reach what the runtime took before', () => {
    const { woven } = runtimeWith({ a: scribe([]) }, { when: [{ subTypeOf: ['Object'] }] });
    const { then } = Promise.prototype;
    const { get, set } = WeakMap.prototype;
    const broken = (): never => {
      throw new Error('changed');
    };
    Promise.prototype.then = broken;
    WeakMap.prototype.get = broken;
    WeakMap.prototype.set = broken;
    // Not inside of expect(): the test runner needs the language as well.
    const results: unknown[] = [];
    try {
      results.push(woven.run(0, {}, noArgs, () => Promise.resolve(1)));
      results.push(woven.runAsync(0, {}, noArgs, async () => 1));
    } finally {
      Promise.prototype.then = then;
      WeakMap.prototype.get = get;
      WeakMap.prototype.set = set;
    }
    expect(results).toEqual([expect.any(Promise), expect.any(Promise)]);
  });

  it('puts no hooks, no condition and no descriptor into it by Object.prototype', () => {
    const log: unknown[] = [];
    const inherited: Record<string, unknown> = {
      replace: () => 'replaced',
      when: [{ subTypeOf: ['Other'] }],
      get: () => 'got',
    };
    const promise = Promise.resolve();
    let given: unknown;
    Object.assign(Object.prototype, inherited);
    try {
      const { woven } = runtimeWith({ a: scribe(log) });
      given = woven.run(0, undefined, noArgs, () => promise);
      promise.constructor = Array;
    } finally {
      for (const key of Object.keys(inherited)) Reflect.deleteProperty(Object.prototype, key);
    }
    expect(given).toBe(promise);
    expect(promise.constructor).toBe(Array);
    expect(log).toEqual(['a enters']);
  });
});

describe('an application that gives all objects a member', () => {
  const NAMES = ['onEnter', 'onExit', 'onError', 'replace', 'when', 'capture', 'resume', 'attach', 'failed'];

  /** What the calls give while all objects have these members, and what was thrown instead. */
  function whilePolluted(member: unknown, calls: () => unknown[]): unknown[] {
    const everything = Object.prototype as Record<string, unknown>;
    for (const name of NAMES) everything[name] = member;
    // Not inside of expect(): the test runner needs the language as well.
    try {
      return calls();
    } catch (error) {
      return [error];
    } finally {
      for (const name of NAMES) delete everything[name];
    }
  }

  it.each([
    ['a text', 'x'],
    ['an object', { subTypeOf: ['Nobody'], 0: { subTypeOf: ['Nobody'] } }],
    [
      'a function',
      () => {
        throw new Error('called');
      },
    ],
  ])('has called neither hook nor replacement, where it is %s', (_, member) => {
    const log: unknown[] = [];
    const results = whilePolluted(member, () => {
      // Rules and bundles come at any time.
      const { woven, control, reports } = runtimeWith({
        a: { onEnter: () => log.push('enters') },
        b: { onExit: (_, result) => log.push(result) },
        c: {},
        d: new (class {
          onEnter() {
            log.push('method');
          }
        })(),
      });
      const before = woven.enter(0, {}, noArgs);
      woven.end(before);
      control.setScope({ scope: (fn) => fn() });
      const after = woven.enter(0, {}, noArgs);
      woven.leave(after, 3);
      const promise = woven.run(0, {}, noArgs, () => Promise.resolve(2)) as { constructor: unknown };
      promise.constructor = Array;
      return [
        woven.run(0, {}, noArgs, () => 1),
        promise.constructor,
        reports.length,
        control.counters().errors,
      ];
    });
    expect(results).toEqual([1, Array, 0, 0]);
    const enters = ['enters', 'method'];
    expect(log).toEqual([...enters, undefined, ...enters, 3, ...enters, ...enters, 1]);
  });
});

describe('a stack that is nearly full', () => {
  /** Calls at each depth down to the overflow: how many had run the body and threw all the same. */
  function brokenCalls(call: (body: () => unknown) => unknown, padding: number): number {
    let broken = 0;
    const down = (...pad: unknown[]): void => {
      let hasRun = false;
      try {
        call(() => {
          hasRun = true;
          return 1;
        });
      } catch {
        if (hasRun) broken += 1;
      }
      down(...pad);
    };
    expect(() => down(...Array.from({ length: padding }))).toThrow(RangeError);
    return broken;
  }

  function deepRuntime() {
    const { woven, control } = createRuntime({ errorLimit: Infinity });
    control.register([record()]);
    const dig = (depth: number): number => (depth === 0 ? 0 : 1 + dig(depth - 1));
    control.bind('a', { onExit: () => void dig(20) });
    return { woven, control };
  }

  it('does not turn what a body gave into an overflow, whatever the interceptors take of it', () => {
    const { woven, control } = deepRuntime();
    for (let padding = 0; padding < 10; padding += 1) {
      expect(brokenCalls((body) => woven.run(0, {}, noArgs, body), padding)).toBe(0);
      expect(brokenCalls((body) => woven.construct(0, {}, noArgs, Object, body), padding)).toBe(0);
    }
    expect(control.counters().errors).toBeGreaterThan(0);
  });

  it('leaves it to a constructor to say that super was not called', () => {
    const log: unknown[] = [];
    const { woven } = runtimeWith({ a: scribe(log) });
    const self = (): never => {
      throw new ReferenceError('no super');
    };
    expect(woven.derive(0, noArgs, Object, () => undefined, self)).toBeUndefined();
    expect(log).toEqual(['a enters', ['a fails', expect.any(ReferenceError)]]);
  });

  it('gives the result of a body whose scope fails after it', () => {
    const { woven, control } = deepRuntime();
    control.setScope({
      scope(fn) {
        fn();
        throw new Error('after');
      },
    });
    expect(woven.run(0, {}, noArgs, () => 'result')).toBe('result');
    expect(control.counters().errors).toBe(1);
  });
});
