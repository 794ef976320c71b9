import { fileKey, type FileIdentity, type Pack } from '@distrace/instrumentation/wire';
import { expect, it } from 'vitest';
import { Counters } from '../instrument/counters.js';
import type { Instrumenter } from '../instrument/instrumenter.js';
import type { Outcome } from '../instrument/outcome.js';
import type { RuleBook } from '../rules/rule-book.js';
import { fileOf } from '../testing.spec.helper.js';
import { PackShelf } from './pack-shelf.js';
import type { PublisherPacks } from './publisher-packs.js';
import { Usage } from './usage.js';

/** The files of the pack of a service that asked for these, in their order. */
async function packOf(outcomes: readonly Outcome[], maxPackBytes?: number) {
  const usage = new Usage({ folder: undefined, warn: () => undefined });
  const files = outcomes.map((_, i) => fileOf(`text ${i}`, { path: `${i}.js` }));
  for (const file of files) await usage.record('shop', file);
  const shelf = new PackShelf({
    usage,
    book: { serial: 1, rulesHash: 'rules' } as RuleBook,
    instrumenter: {
      keyOf: (file: FileIdentity) => file.path,
      result: async (key: string) => ({ outcome: outcomes[parseInt(key, 10)] }),
    } as unknown as Instrumenter,
    published: { get: async () => undefined } as unknown as PublisherPacks,
    signer: { sign: (_: string, text: string) => text },
    counters: new Counters(),
    maxPackBytes,
  });
  const piece = await shelf.get('shop');
  const pack = piece && (JSON.parse(piece.text) as Pack);
  return files.flatMap((file, i) => (pack && fileKey(file) in pack.files ? [i] : []));
}

function woven(bytes: number): Outcome {
  return { status: 'woven', edits: JSON.stringify({ probes: [], pad: 'x'.repeat(bytes) }) };
}

it('leaves out what time or memory did not suffice for, so that it is asked for again', async () => {
  const refused = (kind: 'source' | 'limit'): Outcome => ({ status: 'refused', reason: 'no', kind });
  expect(await packOf([refused('limit'), refused('source'), { status: 'not-marked' }])).toEqual([1, 2]);
});

it('leaves out what goes beyond the bytes of a pack', async () => {
  expect(await packOf([woven(1000), woven(2000), woven(1000), woven(10)], 3000)).toEqual([0, 2, 3]);
  expect(await packOf([woven(9_000_000), woven(9_000_000), woven(10)])).toEqual([0, 2]);
});

it('is built once for all who ask at the same time, and rests for as long as it was expensive', async () => {
  const usage = new Usage({ folder: undefined, warn: () => undefined });
  const counters = new Counters();
  let nowMs = 0;
  const shelf = new PackShelf({
    usage,
    book: { serial: 1, rulesHash: 'rules' } as RuleBook,
    instrumenter: {
      keyOf: (file: FileIdentity) => file.path,
      result: async () => {
        nowMs += 10;
        return { outcome: woven(10) };
      },
    } as unknown as Instrumenter,
    published: { get: async () => undefined } as unknown as PublisherPacks,
    signer: { sign: (_: string, text: string) => text },
    counters,
    clock: () => nowMs,
  });
  const filesOf = async () => (await shelf.get('shop'))?.files;
  await usage.record('shop', fileOf('a', { path: 'a.js' }));
  expect(await Promise.all(Array.from({ length: 50 }, filesOf))).toEqual(Array.from({ length: 50 }, () => 1));
  expect(counters.packsBuilt).toBe(1);

  await usage.record('shop', fileOf('b', { path: 'b.js' }));
  expect(await filesOf()).toBe(1);
  nowMs += 90;
  expect(await filesOf()).toBe(2);
  nowMs += 10_000;
  expect(await filesOf()).toBe(2);
  expect(counters.packsBuilt).toBe(2);
});
