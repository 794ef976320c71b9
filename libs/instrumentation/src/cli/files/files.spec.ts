import { readFile, symlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { folderOf, removeFolders } from '../../services/extension.spec.helper.js';
import { appFiles } from './app-files.js';
import { identify } from './identify.js';
import { Owners } from './owners.js';

async function identified(files: Readonly<Record<string, string | object>>, path: string) {
  const file = join(await folderOf(files), path);
  return identify(file, await readFile(file), new Owners())?.identity;
}

afterEach(removeFolders);

describe('identify', () => {
  it('names a file by its package, version and path inside', async () => {
    const files = {
      'package.json': { name: '@acme/shop', version: '2.1.0' },
      'dist/deep/a.js': 'exports.a = 1;',
    };
    expect(await identified(files, 'dist/deep/a.js')).toEqual({
      package: '@acme/shop',
      version: '2.1.0',
      path: 'dist/deep/a.js',
      format: 'cjs',
      source: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('looks past a package.json without a name, but asks it for the format', async () => {
    const files = {
      'package.json': { name: 'shop' },
      'dist/esm/package.json': { type: 'module' },
      'dist/esm/a.js': '',
    };
    expect(await identified(files, 'dist/esm/a.js')).toMatchObject({
      package: 'shop',
      version: '',
      path: 'dist/esm/a.js',
      format: 'esm',
    });
  });

  it('does not take a file of node_modules for one of the app', async () => {
    const files = { 'package.json': { name: 'shop' }, 'node_modules/loose/a.js': '' };
    expect(await identified(files, 'node_modules/loose/a.js')).toMatchObject({ package: '', path: 'a.js' });
  });

  it.each([
    ['a.mjs', '', 'esm'],
    ['a.cjs', '', 'cjs'],
    ['a.js', 'const a = require("a");', 'cjs'],
    ['a.js', 'import a from "a";', 'esm'],
    ['a.js', '#!/usr/bin/env node\nawait 1; export {};', 'esm'],
    ['tool', '#!/usr/bin/env node\nreturn;', 'cjs'],
  ])('reads %s with %j as Node does: %s', async (path, text, format) => {
    expect(await identified({ [path]: text }, path)).toMatchObject({ format });
  });

  it.each(['a.ts', 'a.json', 'a.node'])('takes %s for no JavaScript', async (path) => {
    expect(await identified({ [path]: '1' }, path)).toBeUndefined();
  });
});

describe('appFiles', () => {
  it('finds each script once, installed packages included, and follows links without going round', async () => {
    const folder = await folderOf({
      'app/main.js': '',
      'app/data.json': {},
      'app/.git/hook.js': '',
      'app/node_modules/dep/a.cjs': '',
      'linked/b.mjs': '',
    });
    await symlink('../../linked', join(folder, 'app/node_modules/linked'));
    await symlink('../app', join(folder, 'linked/back'));
    await symlink('nowhere', join(folder, 'app/broken'));
    const found: string[] = [];
    for await (const path of appFiles([join(folder, 'app'), join(folder, 'linked'), join(folder, 'none')])) {
      found.push(relative(folder, path));
    }
    expect(found.toSorted()).toEqual(['app/main.js', 'app/node_modules/dep/a.cjs', 'linked/b.mjs']);
  });
});
