import { join } from 'node:path';
import type { EditList, InstrumentAnswer } from '@distrace/instrumentation/wire';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  cleanWith,
  fileOf,
  makeExtension,
  payloadOf,
  startServer,
  tempFolder,
} from './testing.spec.helper.js';
import type { TestServer } from './testing.spec.helper.js';

cleanWith(onTestFinished);

// Threads: on a machine that is busy with other specs each takes its time.
vi.setConfig({ testTimeout: 120_000 });

const text = (i: number) => `class Orders { place() {} cancel() {} }\nmodule.exports = ${i};\n`;

function functionsOf(answer: InstrumentAnswer): string[] {
  if (answer.status !== 'woven') return [answer.status];
  return (payloadOf(answer.edits) as unknown as EditList).probes.map((probe) => probe.function);
}

/** What a server's own pack says of its files. */
async function packed(server: TestServer) {
  const { manifest, pack } = (await server.handshake()).json();
  const { rulesHash, files } = payloadOf(pack) as {
    rulesHash: string;
    files: Record<string, EditList | null>;
  };
  expect(rulesHash).toBe(payloadOf(manifest)['rulesHash']);
  return Object.values(files).map((list) => list?.probes.map((probe) => probe.function).join());
}

describe('two servers with rules of one name and other matches on one store', () => {
  it('I21: answer each by its own rules, at the same time and after a restart of both', async () => {
    const storeFolder = join(tempFolder(), 'store');
    const rules = ['place', 'cancel'].map((name) =>
      makeExtension({ orders: `inPackage('shop').and(method('${name}'))` }),
    );
    const both = () => Promise.all(rules.map((folder) => startServer({ storeFolder, extensions: [folder] })));
    const expected = [['Orders.place'], ['Orders.cancel']];
    for (let round = 0; round < 2; round += 1) {
      const servers = await both();
      const answers = await Promise.all(
        Array.from({ length: 10 }, async (_, i) => {
          const file = fileOf(text(i), { path: `dist/${i}.js` });
          return await Promise.all(servers.map((server) => server.instrument(file, text(i))));
        }),
      );
      for (const answer of answers) expect(answer.map(functionsOf)).toEqual(expected);
      for (const [i, server] of servers.entries()) {
        const woven = round === 0 ? 10 : 0;
        expect((await server.stats()).counters).toMatchObject({ woven });
        expect(await packed(server)).toEqual(Array.from({ length: 10 }, () => expected[i]!.join()));
        expect(server.warnings).toEqual([]);
      }
      for (const server of servers) await server.close();
    }
  });

  it('serve serials that do not go back when both write their state', async () => {
    const storeFolder = join(tempFolder(), 'store');
    const rules = ['place', 'cancel'].map((name) =>
      makeExtension({ orders: `inPackage('shop').and(method('${name}'))` }),
    );
    const last = [0, 0];
    for (let round = 0; round < 3; round += 1) {
      for (const [i, folder] of rules.entries()) {
        const server = await startServer({ storeFolder, extensions: [folder] });
        const { serial } = payloadOf((await server.handshake()).json()['manifest']) as { serial: number };
        expect(serial).toBeGreaterThan(last[i]!);
        last[i] = serial;
        await server.close();
      }
    }
  });
});

describe('two servers of the same rules on one store', () => {
  const switchRule = async (server: TestServer, enabled: boolean, name = 'orders') =>
    expect(await server.core.book.setEnabled(name, enabled)).toBe(true);

  /** What an agent gets: the serial, and what is off. */
  async function served(server: TestServer) {
    const { serial, rules } = payloadOf((await server.handshake()).json()['manifest']) as {
      serial: number;
      rules: readonly { readonly name: string; readonly enabled: boolean }[];
    };
    return { serial, off: rules.filter(({ enabled }) => !enabled).map(({ name }) => name) };
  }

  function setUp() {
    const storeFolder = join(tempFolder(), 'store');
    const extensions = [
      makeExtension({ orders: `inPackage('shop').and(method('place'))`, idle: `func('idle')` }),
    ];
    let nowMs = 2_000_000_000_000;
    const start = (other: object = {}) =>
      startServer({ storeFolder, extensions, now: () => nowMs, ...other });
    return { start, later: () => (nowMs += 1500) };
  }

  it('I41: serve what either has switched, under one serial', async () => {
    const { start, later } = setUp();
    const [a, b] = [await start(), await start()];
    const before = await served(b);
    expect(await served(a)).toEqual(before);
    await switchRule(a, false);
    later();
    const after = await served(a);
    expect(after).toEqual({ serial: before.serial + 1, off: ['orders'] });
    expect(await served(b)).toEqual(after);
    await switchRule(b, false, 'idle');
    later();
    expect((await served(a)).off).toEqual(['orders', 'idle']);
    expect(await served(a)).toEqual(await served(b));
    expect((await b.stats()).rules).toMatchObject([{ enabled: false }, { enabled: false }]);
  });

  it('take a switch with no look in between: the other one has switched since', async () => {
    const { start } = setUp();
    const [a, b] = [await start(), await start()];
    await Promise.all([switchRule(a, false), switchRule(b, false, 'idle')]);
    // Neither has a reason to look: b's clock stands still.
    await switchRule(b, true, 'orders');
    expect((await served(b)).off).toEqual(['idle']);
  });

  it('keep a switch over a restart of one, whatever the other has written', async () => {
    const { start, later } = setUp();
    const [a, b] = [await start(), await start()];
    await switchRule(a, false);
    await b.core.reloader.reload();
    await switchRule(b, false, 'idle');
    await a.close();
    const again = await start();
    expect((await served(again)).off).toEqual(['orders', 'idle']);
    later();
    expect(await served(b)).toEqual(await served(again));
  });

  it('keep their switches to themselves: another rule set has its own', async () => {
    const { start, later } = setUp();
    const other = await start({ extensions: [makeExtension({ orders: `func('other')` })] });
    const a = await start();
    await switchRule(a, false);
    later();
    expect((await served(other)).off).toEqual([]);
    await other.core.reloader.reload();
    expect((await served(other)).off).toEqual([]);
    expect((await served(await start())).off).toEqual(['orders']);
  });

  it('keep a rule off when the rules are changed, and when they are changed back', async () => {
    const storeFolder = join(tempFolder(), 'store');
    const folder = makeExtension({ orders: `func('one')` });
    const first = await startServer({ storeFolder, extensions: [folder] });
    await switchRule(first, false);
    const serials = [(await served(first)).serial];
    await first.close();
    for (const name of ['two', 'one']) {
      makeExtension({ orders: `func('${name}')` }, folder);
      const server = await startServer({ storeFolder, extensions: [folder] });
      const { serial, off } = await served(server);
      expect(off).toEqual(['orders']);
      expect(serial).toBeGreaterThan(serials.at(-1)!);
      serials.push(serial);
      await server.close();
    }
  });
});
