import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing, and again changes nothing', () => {
    makeFolder(join(folder, 'a/b/c'));
    makeFolder(join(folder, 'a/b/c'));
    expect(statSync(join(folder, 'a/b/c')).isDirectory()).toBe(true);
  });

  it('refuses a folder below a file', () => {
    writeFileSync(join(folder, 'file'), '');
    expect(() => makeFolder(join(folder, 'file/a'))).toThrow(
      /must be one that can be made.*DISTRACE_DATA_DIR/,
    );
  });

  // With Node's recursive mkdir this never ended.
  it.runIf(process.platform === 'linux')('refuses a folder below /proc at once', () => {
    expect(() => makeFolder('/proc/distrace/data')).toThrow(/ENOENT|EACCES|EROFS|EPERM/);
  });
});
