import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder } from '../testing.spec.helper.js';
import { sweepFolder } from './sweep-folder.js';

cleanWith(onTestFinished);

it('removes what is too old, then what was not used for longest, and no folder', async () => {
  const folder = tempFolder();
  for (const [name, usedAtSeconds] of Object.entries({ a: 100, b: 200, c: 300, d: 400 })) {
    writeFileSync(join(folder, name), 'x'.repeat(10));
    utimesSync(join(folder, name), usedAtSeconds, usedAtSeconds);
  }
  mkdirSync(join(folder, 'inner'));
  const sweep = (maxBytes: number) =>
    sweepFolder(folder, { maxBytes, maxAgeMs: 250_000, now: () => 400_000 });
  expect(await sweep(100)).toEqual({ entries: 3, bytes: 30, removed: 1 });
  expect(await sweep(20)).toEqual({ entries: 2, bytes: 20, removed: 1 });
  expect(readdirSync(folder).toSorted()).toEqual(['c', 'd', 'inner']);
});

it('takes a folder that is not there for an empty one', async () => {
  const options = { maxBytes: 1, maxAgeMs: 1, now: () => 0 };
  expect(await sweepFolder('/nowhere/at/all', options)).toEqual({ entries: 0, bytes: 0, removed: 0 });
});
