import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Owners, pathInside } from './owner.js';

describe('the owner of a file', () => {
  let root: string;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const identity = (path: string) => {
    const owner = new Owners().of(join(root, path));
    return `${owner.name}@${owner.version}/${pathInside(owner, join(root, path))}`;
  };

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'distrace-owner-'));
    write('package.json', '{"name":"app","version":"1.0.0"}');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('is the package of the nearest package.json', () => {
    write('libs/one/package.json', '{"name":"one"}');
    expect(identity('src/main.js')).toBe('app@1.0.0/src/main.js');
    expect(identity('libs/one/dist/a.js')).toBe('one@/dist/a.js');
  });

  it('is not cut in two by a package.json that only says "type"', () => {
    write('node_modules/@s/dual/package.json', '{"name":"@s/dual","version":"2.1.0"}');
    write('node_modules/@s/dual/dist/esm/package.json', '{"type":"module"}');
    expect(identity('node_modules/@s/dual/dist/esm/a.js')).toBe('@s/dual@2.1.0/dist/esm/a.js');
  });

  it('is nobody for a file in node_modules without a package, and for a broken package.json nobody nearer', () => {
    expect(identity('node_modules/loose.js')).toBe('@/loose.js');
    write('broken/package.json', '{');
    expect(identity('broken/a.js')).toBe('app@1.0.0/broken/a.js');
  });
});
