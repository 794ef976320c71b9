import { describe, expect, it } from 'vitest';
import { runCommonJs, weaveAll } from './testing/run-forms.js';

/** In how many ticks a promise settles. */
async function ticksOf(promise: PromiseLike<unknown>): Promise<number> {
  const state = { settled: false };
  const settle = () => void (state.settled = true);
  promise.then(settle, settle);
  let ticks = 0;
  for (; !state.settled && ticks < 50; ticks++) await Promise.resolve();
  return ticks;
}

const SOURCE = `
async function empty() {}
async function awaits() { await null; return 1; }
async function promise() { return Promise.resolve(1); }
async function thenable() { return { then: (f) => f(1) }; }
async function fails() { throw new Error('x'); }
async function rejected() { return Promise.reject(new Error('x')); }
const concise = async () => 1;
const block = async () => { return 1; };
async function shared(a) { var a = a || 1; return a; }
class A { async m() { await 0; await 0; } }
const method = () => new A().m();
exports.run = { empty, awaits, promise, thenable, fails, rejected, concise, block, shared, method };
`;

type Async = Record<string, () => PromiseLike<unknown>>;

describe('I5: an async function, woven', () => {
  it.each(['off', 'on'] as const)('settles at most one tick later, probes %s', async (state) => {
    const plain = runCommonJs(SOURCE)['run'] as Async;
    const woven = runCommonJs(weaveAll(SOURCE, state).code)['run'] as Async;
    for (const name of Object.keys(plain)) {
      const before = await ticksOf(plain[name]!());
      expect(await ticksOf(woven[name]!()), name).toBeLessThanOrEqual(before + 1);
    }
  });

  it.each(['off', 'on'] as const)(
    'leaves rejections that nobody handles to the process, probes %s',
    async (state) => {
      const woven = runCommonJs(weaveAll(SOURCE, state).code)['run'] as Async;
      const unhandled: unknown[] = [];
      const hear = (reason: unknown) => void unhandled.push((reason as Error).message);
      const others = process.listeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection').on('unhandledRejection', hear);
      try {
        for (const name of ['fails', 'rejected']) void woven[name]!();
        await expect.poll(() => unhandled, { timeout: 20_000 }).toEqual(['x', 'x']);
      } finally {
        process.removeAllListeners('unhandledRejection');
        for (const other of others) process.on('unhandledRejection', other);
      }
    },
  );
});
