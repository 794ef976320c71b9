import { chmodSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder } from '../testing.spec.helper.js';
import { openStoreFolder } from './store-folder.js';

cleanWith(onTestFinished);

describe('openStoreFolder', () => {
  it('makes a folder that only this user may enter', async () => {
    const folder = join(tempFolder(), 'a', 'b');
    expect(await openStoreFolder(folder)).toBe(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await openStoreFolder(folder)).toBe(folder);
  });

  it("I44: refuses a link, a file, a folder that others may write, and somebody else's", async () => {
    const base = tempFolder();
    const own = join(base, 'own');
    mkdirSync(own);
    symlinkSync(own, join(base, 'link'));
    writeFileSync(join(base, 'file'), '');
    mkdirSync(join(base, 'open'));
    chmodSync(join(base, 'open'), 0o777);
    const cases: [string, number | undefined, string][] = [
      ['link', undefined, 'symbolic link'],
      ['file', undefined, 'EEXIST'],
      ['open', process.getuid?.(), 'others may write'],
      ['own', (process.getuid?.() ?? 0) + 1, 'belongs to the user'],
    ];
    for (const [name, uid, why] of cases) {
      await expect(openStoreFolder(join(base, name), uid)).rejects.toMatchObject({
        code: 'DT_ERR_SERVER_STORE',
        message: expect.stringContaining(why),
      });
    }
  });
});
