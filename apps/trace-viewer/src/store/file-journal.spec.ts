import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ViewerError } from '../errors.js';
import { FileJournal } from './file-journal.js';
import { MemoryStore } from './memory-store.js';
import { openStore, type OpenStoreOptions } from './open-store.js';
import { hex, span, timed } from './store.spec.helper.js';

let folder: string;
let file: string;
const open: MemoryStore[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-viewer-'));
  file = join(folder, 'data', 'spans.db');
});
afterEach(() => {
  for (const store of open.splice(0)) store.close();
  rmSync(folder, { recursive: true, force: true });
});

function openAt(path: string, options: Omit<OpenStoreOptions, 'file'> = {}): MemoryStore {
  const store = openStore({ now: () => 1000, ...options, file: path });
  open.push(store);
  return store;
}

const content = (store: MemoryStore) =>
  [...store.byStart()].map(({ id, arrivedAtMs, texts }) => ({ id, arrivedAtMs, texts }));

describe('a store with a file', () => {
  it('has the same traces after a restart, in the same order of arrival', () => {
    const store = openAt(file);
    store.add([timed(1, 1, 5000, { tags: { k: 'été\u2028' } }), timed(2, 1, 1000)]);
    store.add([timed(1, 2, 6000), span(3, 1)]);
    const before = content(store);
    store.close();
    const again = openAt(file, { now: () => 2000, maxSpans: 4 });
    expect(content(again)).toEqual(before);
    expect(again.values('service')).toEqual(['client']);
    again.add([timed(4, 1, 1)]);
    expect(again.trace(hex(1))).toBeUndefined();
    expect(again.trace(hex(2))).toBeDefined();
  });

  it('has forgotten after a restart what was evicted or cleared', () => {
    const store = openAt(file, { maxSpans: 2 });
    for (let id = 1; id <= 10; id++) store.add([timed(id, 1, id)]);
    store.close();
    const again = openAt(file);
    expect(content(again).map(({ id }) => id)).toEqual([hex(10), hex(9)]);
    again.clear();
    again.add([timed(11, 1, 1)]);
    again.close();
    expect(content(openAt(file)).map(({ id }) => id)).toEqual([hex(11)]);
  });

  it('holds lower limits that it is opened with, also in the file', () => {
    const store = openAt(file);
    store.add([timed(1, 1, 1), timed(2, 1, 2), timed(3, 1, 3)]);
    store.close();
    openAt(file, { maxSpans: 1 }).close();
    expect(content(openAt(file)).map(({ id }) => id)).toEqual([hex(3)]);
  });

  it('keeps a repeated span once in the file too', () => {
    const store = openAt(file);
    for (let i = 0; i < 5; i++) store.add([timed(1, 1, 1)]);
    store.close();
    const database = new DatabaseSync(file);
    expect(database.prepare('SELECT count(*) AS n FROM pieces').get()).toEqual({ n: 1 });
    database.close();
  });

  it('leaves out rows that cannot be read, and says how many', () => {
    const store = openAt(file);
    store.add([timed(1, 1, 1), timed(2, 1, 2)]);
    store.close();
    const database = new DatabaseSync(file);
    database.exec("UPDATE pieces SET spans = '{\"half' WHERE arrival = 1");
    database.close();
    const onUnreadable = vi.fn<(rows: number) => void>();
    expect(content(openAt(file, { onUnreadable })).map(({ id }) => id)).toEqual([hex(2)]);
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith(1);
  });

  it('refuses a file that is no database, and a folder', () => {
    const text = join(folder, 'notes.txt');
    writeFileSync(text, 'not a database, but long enough to be looked at as one: '.repeat(20));
    expect(() => openStore({ file: text })).toThrow(ViewerError);
    expect(() => openStore({ file: folder })).toThrow('cannot be used');
  });

  it('refuses a file that another viewer holds', () => {
    openAt(file).add([timed(1, 1, 1)]);
    expect(() => openStore({ file })).toThrow('locked');
  });

  it('refuses a file of a later release', () => {
    openAt(file).close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openStore({ file })).toThrow('later release');
  });

  it('says so when it cannot write, keeps the spans in memory and saves them with the next ones', () => {
    const journal = new FileJournal(file);
    const store = new MemoryStore({ journal, now: () => 1000 });
    open.push(store);
    store.add([timed(1, 1, 1)]);
    journal.limitPages(1); // As a full disk.
    expect(() => store.add([timed(2, 1, 2, { tags: { stack: 'x'.repeat(100_000) } })])).toThrow(ViewerError);
    expect(store.trace(hex(2))).toBeDefined();
    journal.limitPages(10_000);
    store.add([timed(3, 1, 3)]);
    const before = content(store);
    store.close();
    expect(content(openAt(file))).toEqual(before);
  });

  it('is after a restart what it was before, whatever was done', () => {
    const anySpan = fc.record({
      traceId: fc.integer({ min: 1, max: 9 }).map(hex),
      id: fc.integer({ min: 1, max: 6 }).map(hex),
      timestamp: fc.integer({ min: 1, max: 9 }),
    });
    const steps = fc.array(
      fc.oneof({ weight: 9, arbitrary: fc.array(anySpan, { maxLength: 6 }) }, fc.constant('clear')),
      {
        maxLength: 12,
      },
    );
    let run = 0;
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 15 }), (all, maxSpans) => {
        const path = join(folder, `run-${run++}.db`);
        const store = openAt(path, { maxSpans });
        for (const step of all) {
          if (typeof step === 'string') store.clear();
          else store.add(step);
        }
        const before = content(store);
        store.close();
        const again = openAt(path, { maxSpans });
        expect(content(again)).toEqual(before);
        again.close();
      }),
      { numRuns: 40 },
    );
  });
});
