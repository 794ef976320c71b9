import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder } from '../testing.spec.helper.js';
import { DiskStore, type DiskStoreOptions } from './disk-store.js';

cleanWith(onTestFinished);

const HOUR_MS = 60 * 60 * 1000;

function open(folder: string, options: Partial<DiskStoreOptions> = {}): DiskStore {
  return new DiskStore(folder, {
    maxBytes: 1e9,
    maxAgeMs: 30 * 24 * HOUR_MS,
    now: Date.now,
    warn: () => {},
    ...options,
  });
}

function contents(folder: string): string[] {
  return readdirSync(join(folder, 'content-v2'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('DiskStore', () => {
  it('gives back what was put, also to the next process', async () => {
    const folder = tempFolder();
    const store = open(folder);
    expect(await store.get('a')).toBeUndefined();
    await store.put('a', Buffer.from('1'));
    expect(String(await open(folder).get('a'))).toBe('1');
    expect([await store.has('a'), await store.has('b')]).toEqual([true, false]);
    expect(store.counts).toMatchObject({ misses: 1, writes: 1, corrupted: 0 });
  });

  it.each([
    ['changed', (file: string) => writeFileSync(file, Buffer.from('2'))],
    ['cut off', (file: string) => truncateSync(file, 0)],
    ['made longer', (file: string) => writeFileSync(file, Buffer.from('1 and more'))],
  ])('I21: detects content that was %s, drops it, and takes it anew', async (_, hurt) => {
    const folder = tempFolder();
    await open(folder).put('a', Buffer.from('1'));
    const [file] = contents(folder);
    chmodSync(file!, 0o600);
    hurt(file!);
    const store = open(folder);
    expect(await store.get('a')).toBeUndefined();
    expect(store.counts).toMatchObject({ corrupted: 1, misses: 1, hits: 0 });
    expect(contents(folder)).toEqual([]);
    await store.put('a', Buffer.from('1'));
    expect(String(await store.get('a'))).toBe('1');
  });

  it('I21: takes an index that cannot be read for a miss', async () => {
    const folder = tempFolder();
    await open(folder).put('a', Buffer.from('1'));
    const index = readdirSync(join(folder, 'index-v5'), { recursive: true, withFileTypes: true }).find(
      (entry) => entry.isFile(),
    )!;
    const file = join(index.parentPath, index.name);
    writeFileSync(file, readFileSync(file, 'utf8').replace('sha512', 'sha999'));
    const store = open(folder);
    expect(await store.get('a')).toBeUndefined();
    await store.put('a', Buffer.from('1'));
    expect(String(await store.get('a'))).toBe('1');
  });

  it('I21: removes what was not used for longest until the rest fits', async () => {
    const folder = tempFolder();
    let now = Date.now();
    const store = open(folder, { maxBytes: 25, now: () => now });
    for (const key of ['a', 'b', 'c', 'd']) {
      await store.put(key, Buffer.from(key.repeat(10)));
    }
    await store.settled();
    await store.gc();
    for (const [index, file] of contents(folder).entries()) {
      utimesSync(file, now / 1000 - 1000 + index, now / 1000 - 1000 + index);
    }
    const left = [];
    for (const key of ['a', 'b', 'c', 'd']) if (await store.has(key)) left.push(key);
    expect(left).toHaveLength(2);
    expect(contents(folder)).toHaveLength(2);
    now += 2 * HOUR_MS;
    await store.get(left[0]!);
    await store.put('e', Buffer.from('e'.repeat(10)));
    now += HOUR_MS;
    await store.gc();
    expect(await store.has(left[0]!)).toBe(true);
    expect(store.counts.evicted).toBe(3);
  });

  it('I21: removes what is too old', async () => {
    const folder = tempFolder();
    let now = Date.now();
    const store = open(folder, { maxAgeMs: HOUR_MS, now: () => now });
    await store.put('a', Buffer.from('1'));
    expect(await store.gc()).toEqual({ entries: 1, bytes: 1, removed: 0 });
    now += 2 * HOUR_MS;
    expect(await store.gc()).toEqual({ entries: 0, bytes: 0, removed: 1 });
    expect(contents(folder)).toEqual([]);
  });

  it('keeps content that another key still names', async () => {
    const folder = tempFolder();
    const store = open(folder, { maxBytes: 1000 });
    await store.put('a', Buffer.from('same'));
    await store.put('b', Buffer.from('same'));
    expect(contents(folder)).toHaveLength(1);
    expect(await store.gc()).toMatchObject({ entries: 2, bytes: 4 });
    expect(String(await store.get('a'))).toBe('same');
  });

  it('I21: is shared by processes that write and clear at the same time', async () => {
    const folder = tempFolder();
    const script = fileURLToPath(new URL('../../dist/store/disk-store.js', import.meta.url));
    const children = [0, 1].map((seed) =>
      fork(fileURLToPath(new URL('./disk-store.process.mjs', import.meta.url)), [script, folder, `${seed}`]),
    );
    const ended = await Promise.all(children.map((child) => once(child, 'exit')));
    expect(ended).toEqual([
      [0, null],
      [0, null],
    ]);
    const store = open(folder);
    for (let i = 0; i < 40; i++) {
      const found = await store.get(`key ${i}`);
      expect([undefined, `value ${i}`.repeat(100)]).toContain(found?.toString());
    }
    expect(store.counts).toMatchObject({ corrupted: 0 });
  });

  it('says once that it cannot be written, and goes on', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'tmp'), 'a file where a folder must be');
    const warnings: string[] = [];
    const store = open(folder, { warn: (message) => warnings.push(message) });
    await store.put('a', Buffer.from('1'));
    await store.put('b', Buffer.from('1'));
    expect(warnings).toHaveLength(1);
    expect(store.counts).toMatchObject({ failures: 2, writes: 0 });
  });
});
