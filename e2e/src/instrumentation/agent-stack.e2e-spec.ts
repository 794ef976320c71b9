import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MARKED_RULE, startFakeServer } from './support/fake-server.ts';
import type { FakeServer } from './support/fake-server.ts';
import { makeApp } from './support/run-app.ts';

/** Opens a context for each call, as helper bundles do, and says in the end how many calls it has seen. */
const CONTEXT_BUNDLE = `
const { AsyncLocalStorage } = require('node:async_hooks');
const { appendFileSync } = require('node:fs');
const storage = new AsyncLocalStorage();
const open = (calls) => ({ calls });
let entered = 0;
exports.v = 1;
exports.interceptors = {
  marked: {
    onEnter() { entered += 1; storage.enterWith(open(storage.getStore().calls + 1)); },
    onExit() {},
    onError() {},
  },
};
const now = () => open(storage.getStore()?.calls ?? 0);
exports.start = () => ({
  scope: (fn) => storage.run(now(), fn),
  capture: now,
  resume: (captured, fn) => storage.run(open(captured.calls), fn),
  attach() {
    const before = storage.getStore();
    storage.enterWith(now());
    return () => storage.enterWith(before);
  },
  async shutdown() {
    const line = { entered: entered > 0, left: storage.getStore()?.calls ?? 0 };
    if (process.env.TEST_SPANS) appendFileSync(process.env.TEST_SPANS, JSON.stringify(line) + '\\n');
  },
});
`;

const FILES = {
  'main.cjs': `
const { markedTransport, markedSites } = require('./lib/marked.cjs');
const { markedDepth, markedSum } = require('./recursion.cjs');

function markedStart() {
  return markedTransport('./worker.js');
}
class Service {
  markedHandle() {
    const sites = markedSites(() => {
      return 1;
    });
    return sites;
  }
  get markedState() {
    const found = this.markedHandle();
    return found;
  }
}
console.log(markedStart());
console.log(new Service().markedState.join('\\n'));
console.log(markedSum(1000));
console.log('depth', markedDepth());
`,
  // As pino.transport finds the module that a relative target is relative to.
  'lib/marked.cjs': `
const { dirname, join, basename } = require('node:path');
function callers() {
  const before = Error.prepareStackTrace;
  Error.prepareStackTrace = (_, stack) => stack;
  const { stack } = new Error();
  Error.prepareStackTrace = before;
  return stack.slice(2);
}
exports.markedTransport = function markedTransport(target) {
  const file = callers().map((site) => site.getFileName()).find((name) => name !== __filename);
  return basename(file) + ' ' + (join(dirname(file), target) === join(__dirname, '..', target));
};
exports.markedSites = function markedSites(fn) {
  fn();
  return callers().slice(0, 4).map((site) =>
    [site.getFunctionName(), basename(site.getFileName()), site.getLineNumber(), site.getColumnNumber()].join(' '));
};
`,
  'recursion.cjs': `
let depth = 0;
function markedDown(n) {
  depth += 1;
  return 1 + markedDown(n + 1);
}
exports.markedDepth = function markedDepth() {
  try {
    markedDown(0);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return depth;
};
exports.markedSum = function markedSum(n) {
  return n === 0 ? 0 : n + exports.markedSum(n - 1);
};
`,
};

describe('the stack of an application under the agent', () => {
  let server: FakeServer;

  beforeAll(async () => {
    server = await startFakeServer({ bundle: CONTEXT_BUNDLE });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const read = (stdout: string) => {
    const [, text, depth] = /^([^]*)depth (\d+)\n$/.exec(stdout) ?? [];
    return { text, depth: Number(depth) };
  };

  it.each([true, false])(
    'I5, I7: is half as deep at least, and shows inspectors no frame of the agent, probes on: %s',
    async (enabled) => {
      server.options = { ...server.options, rules: [{ ...MARKED_RULE, enabled }] };
      server.serial += 1;
      await using app = await makeApp(FILES);

      const without = await app.run('main.cjs');
      const run = await app.run('main.cjs', { args: server.args() });

      expect(run).toMatchObject({ code: 0, stderr: '' });
      const [plain, woven] = [read(without.stdout), read(run.stdout)];
      expect(woven.text).toBe(plain.text);
      expect(plain.text).toContain('main.cjs true');
      expect(woven.depth / plain.depth).toBeGreaterThan(0.5);
      expect(await app.lines()).toEqual([{ entered: enabled, left: 0 }]);
    },
  );
});
