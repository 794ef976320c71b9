import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { whyNotWritable } from './json-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-json-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('takes a file that is there and one that is not, and makes none', () => {
  writeFileSync(join(folder, 'old.json'), '');
  expect(['old.json', 'new.json'].map((name) => whyNotWritable(join(folder, name)))).toEqual([
    undefined,
    undefined,
  ]);
  expect(whyNotWritable('rows.json')).toBeUndefined();
  expect(readdirSync(folder)).toEqual(['old.json']);
});

it('says what is wrong with a path', () => {
  expect(whyNotWritable(join(folder, 'no/x.json'))).toContain(`there is no folder ${join(folder, 'no')}`);
  expect(whyNotWritable(folder)).toContain('is a folder');
  expect(whyNotWritable('')).toContain('got an empty text');
});
