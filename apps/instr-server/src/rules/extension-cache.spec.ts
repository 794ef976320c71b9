import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder, writeFiles } from '../testing.spec.helper.js';
import { withExtensionCache } from './extension-cache.js';
import type { LoadedRules } from './rule-set.js';

cleanWith(onTestFinished);

function setUp() {
  const folder = tempFolder();
  writeFiles(folder, { 'a.js': '1', 'b.js': '2' });
  const files = ['a.js', 'b.js', 'absent.js'].map((name) => join(folder, name));
  let loads = 0;
  const load = (): Promise<LoadedRules> =>
    Promise.resolve({ rules: [], bundle: `bundle ${++loads}`, folders: [folder], files });
  const open = async (about = 'a') =>
    (await withExtensionCache(load, { folder: join(folder, 'cache'), about: [about], warn: () => {} }))
      .bundle;
  return { folder, open };
}

describe('what extensions came to', () => {
  it('is taken from the last time while no file has changed', async () => {
    const { open } = setUp();
    expect([await open(), await open(), await open()]).toEqual(['bundle 1', 'bundle 1', 'bundle 1']);
    expect(await open('b')).toBe('bundle 2');
    expect(await open()).toBe('bundle 1');
  });

  it('is made anew when a file changes, comes or goes', async () => {
    const { folder, open } = setUp();
    await open();
    writeFileSync(join(folder, 'a.js'), '3');
    expect(await open()).toBe('bundle 2');
    writeFileSync(join(folder, 'absent.js'), '');
    expect(await open()).toBe('bundle 3');
    rmSync(join(folder, 'b.js'));
    expect([await open(), await open()]).toEqual(['bundle 4', 'bundle 4']);
  });

  it('is made anew when what was kept cannot be read', async () => {
    const { folder, open } = setUp();
    await open();
    const { readdirSync } = await import('node:fs');
    const cache = join(folder, 'cache');
    for (const text of ['{', '{"v":1}', '{"v":2,"files":{},"loaded":{}}']) {
      writeFileSync(join(cache, readdirSync(cache)[0]!), text);
      expect(await open()).not.toBe('bundle 1');
    }
  });
});
