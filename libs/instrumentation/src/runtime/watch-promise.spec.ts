/* oxlint-disable unicorn/no-unnecessary-await, unicorn/no-single-promise-in-promise-methods -- ways to wait are the subject */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { capturePrimordials } from './primordials.js';
import { watchPromises } from './watch-promise.js';
import type { PromiseEnd } from './watch-promise.js';

function watch() {
  let atTurnEnd: (() => void)[] = [];
  const promises = watchPromises(capturePrimordials(), (fn) => atTurnEnd.push(fn));
  const endTurn = (): void => {
    const due = atTurnEnd;
    atTurnEnd = [];
    for (const fn of due) fn();
  };
  return { promises, endTurn };
}

it('a proxy is no promise that can be watched, and none of its traps is called', () => {
  const trap = vi.fn<() => object>(() => Promise.prototype);
  const handler = { getPrototypeOf: trap, getOwnPropertyDescriptor: () => trap(), get: trap } as never;
  const { promises } = watch();
  expect(promises.isNative(new Proxy(Promise.resolve(), handler))).toBe(false);
  expect(promises.isNative(Promise.resolve())).toBe(true);
  expect(trap).not.toHaveBeenCalled();
});

describe('a promise watched lazily', () => {
  const waits: [string, (promise: Promise<unknown>) => unknown][] = [
    ['await', async (promise) => await promise],
    ['then', (promise) => promise.then(() => undefined)],
    ['catch', (promise) => promise.catch(() => undefined)],
    ['finally', (promise) => promise.finally(() => undefined)],
    ['Promise.all', (promise) => Promise.all([promise])],
    ['Promise.resolve', (promise) => Promise.resolve(promise)],
    ['return of an async function', async (promise) => promise],
    ['another promise', (promise) => new Promise((resolve) => resolve(promise))],
    [
      'for await',
      async (promise) => {
        for await (const _ of [promise]) return;
      },
    ],
  ];

  for (const [name, wait] of waits) {
    it(`tells its end where the application waits by ${name}`, async () => {
      const { promises, endTurn } = watch();
      const end = vi.fn<PromiseEnd>();
      const promise = new Promise((resolve) => setImmediate(resolve, 'value'));
      promises.lazily(promise, end);
      const waiting = wait(promise);
      await null;
      await null;
      await null;
      endTurn();
      await waiting;
      await promise;
      expect(end.mock.calls).toEqual([['fulfilled', 'value']]);
      expect(Object.getPrototypeOf(promise)).toBe(Promise.prototype);
    });
  }

  it('tells before the application hears of it, and each watcher once, in their order', async () => {
    const { promises } = watch();
    const log: string[] = [];
    const promise = Promise.reject(new Error('no'));
    promises.lazily(promise, (how) => log.push(`inner ${how}`));
    expect(promises.isNative(promise)).toBe(true);
    promises.lazily(promise, (how) => log.push(`outer ${how}`));
    await promise.catch(() => log.push('application'));
    promises.lazily(promise, (how) => log.push(`later ${how}`));
    await promise.catch(() => undefined);
    expect(log).toEqual(['inner rejected', 'outer rejected', 'application', 'later rejected']);
  });

  it('is let go at the end of the turn when nobody waits, and is a plain promise again', () => {
    const { promises, endTurn } = watch();
    const end = vi.fn<PromiseEnd>();
    const promise = Promise.resolve(1);
    promises.lazily(promise, end);
    expect(promise instanceof Promise).toBe(true);
    endTurn();
    expect(end.mock.calls).toEqual([['unwaited', promise]]);
    expect(Object.getPrototypeOf(promise)).toBe(Promise.prototype);
  });

  it('is let go early when a thousand others came after it in the same turn', async () => {
    const { promises, endTurn } = watch();
    const ends: unknown[] = [];
    const all = Array.from({ length: 1500 }, (_, i) => Promise.resolve(i));
    for (const [i, promise] of all.entries()) promises.lazily(promise, (how) => ends.push([i, how]));
    expect(ends).toEqual(Array.from({ length: 500 }, (_, i) => [i, 'unwaited']));
    expect(Object.getPrototypeOf(all[499])).toBe(Promise.prototype);
    await all[700];
    expect(ends.at(-1)).toEqual([700, 'fulfilled']);
    promises.lazily(Promise.resolve(), (how) => ends.push(['new', how]));
    expect(ends).toHaveLength(501);
    endTurn();
    expect(ends).toHaveLength(1501);
  });

  it('keeps the prototype that the application gives it meanwhile', () => {
    const { promises, endTurn } = watch();
    const promise = Promise.resolve(1);
    const own = Object.create(Promise.prototype) as object;
    promises.lazily(promise, () => undefined);
    Object.setPrototypeOf(promise, own);
    endTurn();
    expect(Object.getPrototypeOf(promise)).toBe(own);
  });

  it('takes a constructor of its own, as any promise does', () => {
    const { promises, endTurn } = watch();
    class Other extends Promise<unknown> {}
    const promise = Promise.resolve(1);
    promises.lazily(promise, () => undefined);
    promise.constructor = Other;
    expect(Object.getOwnPropertyDescriptor(promise, 'constructor')).toEqual({
      value: Other,
      writable: true,
      enumerable: true,
      configurable: true,
    });
    expect(promises.isNative(promise)).toBe(false);
    endTurn();
    expect(promise.constructor).toBe(Other);
    expect(promise.then(() => undefined)).toBeInstanceOf(Other);
  });

  it('may be frozen, or only look like a promise', () => {
    const { promises } = watch();
    const end = vi.fn<PromiseEnd>();
    promises.lazily(Object.freeze(Promise.resolve()), end);
    expect(end).toHaveBeenCalledTimes(1);
    const fake = Object.create(Promise.prototype) as Promise<unknown>;
    promises.awaited(fake, end);
    expect(end).toHaveBeenLastCalledWith('unwaited', fake);
    expect(promises.isNative(Promise.reject)).toBe(false);
  });
});

/** Exit code and first line of the errors of a script in which `f` is a function that returns what it is given. */
async function outcome(script: string, isWatched: boolean): Promise<unknown> {
  const runtime = new URL('./index.ts', import.meta.url);
  const prelude = isWatched
    ? `const { createRuntime } = await import(${JSON.stringify(runtime.href.replace('/src/', '/dist/').replace(/\.ts$/, '.js'))});
       const { woven, control } = createRuntime({ defer: setImmediate });
       control.register([{ interceptors: ['a'], function: 'f', line: 1, flow: 'sync' }]);
       control.bind('a', { onExit() {}, onError() {} });
       const f = (promise) => woven.run(0, undefined, [promise], () => promise);`
    : 'const f = (promise) => promise;';
  const events = `for (const event of ['rejectionHandled', 'exit']) process.on(event, (x) => console.log(event, x === p));`;
  const code = `${prelude}\nlet p;\n${events}\n${script}`;
  return await new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--input-type=module', '-e', code],
      { cwd: fileURLToPath(new URL('.', import.meta.url)) },
      (error, stdout, stderr) =>
        resolve({ code: error?.code ?? 0, stdout, stderr: /^\w*Error: .*$/m.exec(stderr)?.[0] }),
    );
  });
}

describe('a rejection', { timeout: 60_000 }, () => {
  const listen = `process.on('unhandledRejection', (error, promise) => console.log('unhandled', error.message, promise === p));`;
  const scripts: [string, string][] = [
    ['nobody handles', `p = f(Promise.reject(new Error('lost')));`],
    ['nobody handles, later', `p = f(new Promise((_, no) => setTimeout(no, 5, new Error('lost'))));`],
    ['a listener hears of', `${listen} p = f(Promise.reject(new Error('lost')));`],
    ['is handled at once', `p = f(Promise.reject(new Error('x'))); p.catch(() => console.log('caught'));`],
    [
      'is handled by await',
      `try { await f(Promise.reject(new Error('x'))) } catch { console.log('caught') }`,
    ],
    [
      'was handled before it was returned',
      `p = Promise.reject(new Error('x')); p.catch(() => console.log('caught')); f(p);`,
    ],
    [
      'is handled too late',
      `${listen} p = f(Promise.reject(new Error('x'))); setTimeout(() => p.catch(() => console.log('caught')), 20);`,
    ],
    [
      'is handled in a later turn, in time',
      `p = f(new Promise((_, no) => setTimeout(no, 40, new Error('x')))); setTimeout(() => p.catch(() => console.log('caught')), 5);`,
    ],
    [
      'reaches a waiter that handles nothing',
      `${listen} p = f(Promise.reject(new Error('x'))); p.then(() => 1);`,
    ],
  ];
  for (const [name, script] of scripts) {
    it(`that ${name} has the same effect with a watch as without`, async () => {
      const [plain, watched] = await Promise.all([outcome(script, false), outcome(script, true)]);
      expect(watched).toEqual(plain);
    });
  }
});
