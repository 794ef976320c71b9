import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { sweepFolder } from '../store/sweep-folder.js';
import { cleanWith, fileOf, tempFolder } from '../testing.spec.helper.js';
import { MAX_CONTENTS, ServiceUsage } from './service-usage.js';
import { Usage } from './usage.js';

cleanWith(onTestFinished);

const DAY_MS = 86_400_000;

it('says once that nothing can be kept, however often it tries', async () => {
  const folder = join(tempFolder(), 'services');
  writeFileSync(folder, 'not a folder');
  const warnings: string[] = [];
  const usage = new Usage({ folder, warn: (message) => warnings.push(message) });
  for (const text of ['a', 'b', 'c']) {
    await usage.record('shop', fileOf(text));
    await usage.save();
  }
  expect(warnings).toEqual([expect.stringContaining('"shop" needs cannot be kept')]);
});

it('remembers the files of a service up to so many bytes, the oldest go first', () => {
  const usage = new ServiceUsage({ maxBytes: 10_000 });
  for (let i = 0; i < 500; i++) usage.add(fileOf(`${i}`, { path: `${i}.js` }));
  expect(usage.bytes).toBeLessThanOrEqual(10_000);
  const paths = usage.files.map(({ path }) => path);
  expect(paths.at(-1)).toBe('499.js');
  expect(paths).not.toContain('0.js');
  expect(usage.add(fileOf('large', { path: 'x'.repeat(20_000) }))).toBe(false);
  expect(usage.files).toHaveLength(paths.length);
});

it('remembers so many contents of one file', () => {
  const usage = new ServiceUsage();
  for (let i = 0; i < 10; i++) usage.add(fileOf(`${i}`));
  expect(usage.files).toHaveLength(MAX_CONTENTS);
  expect(usage.version).toBe(10);
});

it('keeps so many bytes of services in memory, and reads the others from the disk again', async () => {
  const usage = new Usage({ folder: tempFolder(), warn: () => undefined, maxBytes: 1000 });
  const services = Array.from({ length: 20 }, (_, i) => `service ${i}`);
  for (const service of services) await usage.record(service, fileOf(service));
  await usage.save();
  expect(usage.bytes).toBeLessThanOrEqual(1000);
  for (const service of services) expect((await usage.files(service)).files).toHaveLength(1);
});

it('says which services were asked for, so that their lists stay', async () => {
  const folder = tempFolder();
  const usage = new Usage({ folder, warn: () => undefined });
  for (const service of ['asked', 'forgotten']) await usage.record(service, fileOf(service));
  await usage.save();
  await usage.touch(0);
  await usage.version('asked');
  await usage.touch(100 * DAY_MS);
  const options = { maxBytes: 1_000_000, maxAgeMs: 30 * DAY_MS, now: () => 100 * DAY_MS };
  expect(await sweepFolder(folder, options)).toMatchObject({ entries: 1, removed: 1 });
  const later = new Usage({ folder, warn: () => undefined });
  expect((await later.files('asked')).files).toHaveLength(1);
  expect((await later.files('forgotten')).files).toHaveLength(0);
});
