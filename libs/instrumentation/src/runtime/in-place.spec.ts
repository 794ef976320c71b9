import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, it } from 'vitest';
import type { ProbeRecord } from '../wire/edit-list.js';
import type { RuntimeReport } from './control.js';
import { createRuntime } from './create-runtime.js';
import type { InterceptorBody, Scopes } from './types.js';

const noArgs = [] as const;

/** Scopes over a context of the test's own, as the helper bundle makes them. */
function contextScopes() {
  const storage = new AsyncLocalStorage<{ readonly is: string }>();
  const now = () => storage.getStore()?.is ?? 'none';
  // Node runs nothing apart under the very value that is there already.
  const scopes: Scopes = {
    scope: (fn) => storage.run({ is: now() }, fn),
    capture: now,
    resume: (captured, fn) => storage.run({ is: captured as string }, fn),
    attach() {
      const is = now();
      return () => storage.enterWith({ is });
    },
  };
  return { now, set: (is: string) => storage.enterWith({ is }), scopes };
}

function runtimeWith(body: InterceptorBody, { scopes, ...over }: Partial<ProbeRecord> & { scopes?: Scopes }) {
  const reports: RuntimeReport[] = [];
  const { woven, control } = createRuntime({ onReport: (report) => reports.push(report) });
  if (scopes !== undefined) control.setScope(scopes);
  control.register([{ interceptors: ['a'], function: 'C.m', line: 3, flow: 'sync', ...over }]);
  control.bind('a', body);
  return { woven, control, reports };
}

describe('the async context of a body in place', () => {
  it('is what onEnter left, from the body to onExit, and then what it was', () => {
    const { now, set, scopes } = contextScopes();
    const seen: string[] = [];
    const { woven } = runtimeWith(
      { onEnter: () => set('of the call'), onExit: () => void seen.push(now()) },
      { scopes },
    );
    set('of the caller');
    const call = woven.enter(0, undefined, noArgs);
    seen.push(now());
    woven.leave(call, undefined);
    expect([...seen, now()]).toEqual(['of the call', 'of the call', 'of the caller']);
  });

  it('is taken back also where nobody watches the end, a hook throws, or the body attaches its own', () => {
    const { now, set, scopes } = contextScopes();
    const bodies: InterceptorBody[] = [
      { onEnter: () => set('entered') },
      {
        onEnter() {
          set('entered');
          throw new Error('enter');
        },
      },
      {
        onExit() {
          set('left');
          throw new Error('exit');
        },
      },
    ];
    for (const body of bodies) {
      const { woven } = runtimeWith(body, { scopes });
      set('of the caller');
      for (const end of ['leave', 'exit', 'end'] as const) {
        const call = woven.enter(0, undefined, noArgs);
        set('of the body');
        woven[end](call, undefined);
        expect(now()).toBe('of the caller');
      }
    }
  });

  it('nests, and an end that was missed is made up for by the next one further out', () => {
    const { now, set, scopes } = contextScopes();
    const { woven } = runtimeWith({ onEnter: () => set(`${now()} > call`) }, { scopes });
    set('app');
    const outer = woven.enter(0, undefined, noArgs);
    const inner = woven.enter(0, undefined, noArgs);
    expect(now()).toBe('app > call > call');
    woven.end(inner);
    expect(now()).toBe('app > call');
    woven.enter(0, undefined, noArgs);
    woven.end(outer);
    expect(now()).toBe('app');
  });

  it('of generators and async bodies is their caller’s: only the hooks have their own', () => {
    for (const flow of ['async', 'generator', 'async-generator'] as const) {
      const { now, set, scopes } = contextScopes();
      const seen: string[] = [];
      const { woven } = runtimeWith(
        { onEnter: () => set('of the hooks'), onExit: () => void seen.push(now()) },
        { scopes, flow },
      );
      set('of the caller');
      const call = woven.enter(0, undefined, noArgs);
      seen.push(now());
      woven.leave(call, undefined);
      expect([...seen, now()], flow).toEqual(['of the caller', 'of the hooks', 'of the caller']);
    }
  });

  it('is there again when the promise settles that the body returned', async () => {
    const { now, set, scopes } = contextScopes();
    const seen: string[] = [];
    const { woven } = runtimeWith(
      {
        onEnter: () => set('of the call'),
        onExit: (_, result) => void seen.push(`${now()}: ${String(result)}`),
      },
      { scopes },
    );
    set('of the caller');
    const promise = new Promise((resolve) => setImmediate(resolve, 'late'));
    void (promise instanceof (woven.value as unknown as typeof Promise));
    expect(woven.exit(woven.enter(0, undefined, noArgs))).toBe(promise);
    expect(seen).toEqual([]);
    await promise;
    expect([...seen, now()]).toEqual(['of the call: late', 'of the caller']);
  });

  it('that cannot be attached lets the call run without interceptors, and is reported', () => {
    const { scopes } = contextScopes();
    const attach = (): never => {
      throw new Error('no context');
    };
    const { woven, reports } = runtimeWith({ onEnter() {} }, { scopes: { ...scopes, attach } });
    expect(woven.enter(0, undefined, noArgs)).toBeUndefined();
    expect(reports).toMatchObject([{ kind: 'scope-error' }]);
  });
});

describe('the end of a body in place', () => {
  const told = (isNew: boolean) => {
    const log: unknown[] = [];
    const { woven } = runtimeWith(
      {
        onExit: (call, result) => log.push([call.newTarget, result]),
        onError: (_, error) => log.push(error),
      },
      {},
    );
    const self = { self: true };
    const enter = () => (isNew ? woven.enterNew(0, self, noArgs, Object) : woven.enter(0, self, noArgs));
    return { log, woven, enter, self };
  };

  it('of a constructor is told with the object: the one it returns, or else its own', () => {
    const { log, woven, enter, self } = told(true);
    const other = { other: true };
    for (const result of [undefined, 5, null, other]) woven.leave(enter(), result);
    expect(log.map((each) => (each as unknown[])[1])).toEqual([self, self, self, other]);
    expect(log[0]).toEqual([Object, self]);
  });

  it('is told with the value that `instanceof` has kept, once, and the value is kept no longer', () => {
    const { log, woven, enter } = told(false);
    const keep = (value: unknown) => value instanceof (woven.value as unknown as typeof Object);
    expect([keep('value'), woven.take(), woven.take()]).toEqual([false, 'value', undefined]);
    const call = enter();
    keep('value');
    expect([woven.exit(call), woven.take()]).toEqual(['value', undefined]);
    keep('stale');
    woven.end(enter());
    const failed = enter();
    woven.end(Object.assign(failed!, { failed: true, error: 'thrown' }));
    expect(log).toEqual([[undefined, 'value'], [undefined, undefined], 'thrown']);
  });
});
