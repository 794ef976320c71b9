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
