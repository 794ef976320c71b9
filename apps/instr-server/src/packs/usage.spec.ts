import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { cleanWith, fileOf, tempFolder } from '../testing.spec.helper.js';
import { Usage } from './usage.js';

cleanWith(onTestFinished);

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
