import { describe, expect, it } from 'vitest';
import { Kept, sha256 } from './kept.js';
import type { PrivateFolder } from './private-folder.js';

const DAY_MS = 86_400_000;

/** In memory; files have ages. */
function makeFolder(ages: Readonly<Record<string, number>> = {}) {
  const files = new Map<string, string>(Object.keys(ages).map((name) => [name, '']));
  const folder: PrivateFolder = {
    read: (name) => (files.has(name) ? Buffer.from(files.get(name) ?? '', 'latin1') : undefined),
    write: (name, content) => void files.set(name, Buffer.from(content).toString('latin1')),
    append: (name, line) => void files.set(name, (files.get(name) ?? '') + line),
    sweep(maxAgeMs) {
      for (const name of files.keys()) {
        if ((ages[name] ?? 0) > (maxAgeMs(name) ?? Infinity)) files.delete(name);
      }
    },
  };
  return { files, folder };
}

describe('what is kept', () => {
  it('of a bundle and its compiled form counts while it has its hash', () => {
    const { files, folder } = makeFolder();
    const kept = new Kept(folder, ['a']);
    const hash = sha256('text');
    kept.keepBundle(hash, 'text');
    kept.keepCompiled(hash, Buffer.from('compiled'));
    expect([kept.bundle(hash), kept.compiled(hash)?.toString()]).toEqual(['text', 'compiled']);
    for (const [name, content] of files) files.set(name, `${content}x`);
    expect([kept.bundle(hash), kept.compiled(hash)]).toEqual([undefined, undefined]);
  });

  it('of decisions are signed lists alone: half lines, and what older agents wrote, are left out', () => {
    const { files, folder } = makeFolder();
    const kept = new Kept(folder, ['a']);
    kept.keepDecision('rules', 'one', 'signed');
    const [name = ''] = files.keys();
    files.set(name, `["two",null]\n${files.get(name)}null\n7\n["three"]\n["four","sig`);
    expect([...kept.decisions('rules')]).toEqual([['one', 'signed']]);
    expect(kept.decisions('other rules').size).toBe(0);
  });

  it('is apart for each service and server', () => {
    const { folder } = makeFolder();
    new Kept(folder, ['a', 'b']).manifest = 'one';
    expect([new Kept(folder, ['a', 'b']).manifest, new Kept(folder, ['ab']).manifest]).toEqual([
      'one',
      undefined,
    ]);
  });

  it('goes when it was not written for long, but for manifests, whose serials must not be gone back behind', () => {
    const { files, folder } = makeFolder({
      'a.manifest': 400 * DAY_MS,
      'a.pack': 31 * DAY_MS,
      'a-1.edits': 31 * DAY_MS,
      'b.pack': 29 * DAY_MS,
      'bundle-1.cjs': 31 * DAY_MS,
      'local-a.manifest': 2 * DAY_MS,
      'local-b.manifest': DAY_MS / 2,
    });
    const kept = new Kept(folder, ['tree'], { isLocal: true });
    kept.manifest = 'text';
    const before = ['a.manifest', 'a.pack', 'a-1.edits', 'b.pack', 'bundle-1.cjs', 'local-a.manifest'];
    expect(before.filter((name) => files.has(name))).toEqual(['a.manifest', 'b.pack']);
    expect(files.has('local-b.manifest')).toBe(true);
    expect([files.size, kept.manifest]).toEqual([4, 'text']);
  });
});
