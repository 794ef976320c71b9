import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ViewerError } from '../errors.js';
import { FileJournal } from './file-journal.js';
import type { MemoryStoreOptions } from './memory-store-options.js';
import { MemoryStore } from './memory-store.js';
import { openStore, type OpenStoreOptions } from './open-store.js';
import { SpansFile } from './spans-file.js';
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

function noRoom(): never {
  throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
}

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

  it('leaves out rows and spans that cannot be read, and says how many', () => {
    const store = openAt(file);
    store.add([timed(1, 1, 1), timed(2, 1, 2), timed(3, 1, 3), timed(3, 2, 4)]);
    store.close();
    const database = new DatabaseSync(file);
    database.exec("UPDATE pieces SET spans = '{\"half' WHERE arrival = 1");
    database.exec(`UPDATE pieces SET spans = replace(spans, '${hex(2)}', 'x') WHERE arrival = 3`);
    database.close();
    const onUnreadable = vi.fn<(count: number) => void>();
    const again = openAt(file, { onUnreadable });
    expect(content(again).map(({ id }) => id)).toEqual([hex(3), hex(2)]);
    expect(again.trace(hex(3))!.spanCount).toBe(1);
    expect(onUnreadable).toHaveBeenCalledExactlyOnceWith(2);
  });

  it('has the ids again that Zipkin makes of what it takes, and does not take itself', () => {
    const store = openAt(file);
    store.add([timed('000000000000000000000001e9990000', 1, 1), timed(2, 0, 2), timed(2, 1, 3)]);
    const before = content(store);
    store.close();
    const onUnreadable = vi.fn<(count: number) => void>();
    expect(content(openAt(file, { onUnreadable }))).toEqual(before);
    expect(onUnreadable).not.toHaveBeenCalled();
  });

  it('leaves what another program keeps in a file as it is', () => {
    const other = join(folder, 'other.db');
    const database = new DatabaseSync(other);
    database.exec('CREATE TABLE pieces (id INTEGER PRIMARY KEY); INSERT INTO pieces VALUES (7)');
    database.close();
    const before = readFileSync(other);
    expect(() => openStore({ file: other })).toThrow('the database of another program');
    expect(readFileSync(other).equals(before)).toBe(true);
  });

  it('takes an empty database, and a file of a release that did not sign it', () => {
    writeFileSync(join(folder, 'empty.db'), '');
    openAt(join(folder, 'empty.db')).add([timed(1, 1, 1)]);
    openAt(file).add([timed(1, 1, 1)]);
    open.pop()!.close();
    const database = new DatabaseSync(file);
    database.exec('PRAGMA application_id = 0');
    database.close();
    expect(content(openAt(file))).toHaveLength(1);
  });

  it('says which file is damaged, and what to do', () => {
    const store = openAt(file);
    for (let at = 1; at < 200; at++) store.add([timed(at, 1, at, { tags: { k: 'x'.repeat(3000) } })]);
    store.close();
    const bytes = readFileSync(file);
    // Behind the first pages, where the rows are.
    writeFileSync(file, bytes.fill(0xee, 3 * 4096));
    expect(() => openStore({ file })).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_VIEWER_FILE',
        message: expect.stringMatching(new RegExp(`${file} cannot be used: .*move a damaged file away`)),
      }),
    );
  });

  it('fails at once where no folder can be made', () => {
    expect(() => openStore({ file: '/proc/no-such-folder/deeper/spans.db' })).toThrow(ViewerError);
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

  describe('on a full disk', () => {
    const large = { tags: { stack: 'x'.repeat(100_000) } };
    let now = 0;

    /** A store on a file that may not grow. */
    function full(options: Omit<MemoryStoreOptions, 'journal'> = {}) {
      const journal = new FileJournal(file, { now: () => (now += 1) });
      const store = new MemoryStore({ journal, now: () => 1000, ...options });
      open.push(store);
      store.add([timed(1, 1, 1, large)]);
      journal.limitPages(1);
      return { journal, store };
    }

    it('says so, keeps the spans in memory and saves them with later ones', () => {
      const { journal, store } = full();
      expect(() => store.add([timed(2, 1, 2, large)])).toThrow(ViewerError);
      expect(store.trace(hex(2))).toBeDefined();
      expect(store.problem).toContain('Spans must be written to');
      journal.limitPages(10_000);
      now += 1000;
      store.add([timed(3, 1, 3), timed(2, 2, 4)]);
      expect(store.problem).toBeUndefined();
      const before = content(store);
      store.close();
      expect(content(openAt(file))).toEqual(before);
    });

    it('does not write all that is waiting for each list that comes', () => {
      const { journal, store } = full();
      expect(() => store.add([timed(2, 1, 2, large)])).toThrow(ViewerError);
      journal.limitPages(10_000);
      expect(() => store.add([timed(3, 1, 3)])).toThrow(ViewerError);
      now += 1000;
      store.add([timed(4, 1, 4)]);
    });

    it('saves what comes once older traces have made room, and lets go of these', () => {
      const { store } = full({ maxSpans: 1 });
      store.add([timed(2, 1, 2, large)]);
      expect(() => store.add([timed(3, 1, 3, { tags: { stack: 'y'.repeat(300_000) } })])).toThrow(
        ViewerError,
      );
      now += 1000;
      store.add([timed(4, 1, 4, large)]);
      store.close();
      expect(content(openAt(file)).map(({ id }) => id)).toEqual([hex(4)]);
    });

    it('can be cleared, if need be with a new file', () => {
      const { journal, store } = full();
      vi.spyOn(SpansFile.prototype, 'deleteAll')
        .mockImplementationOnce(noRoom)
        .mockImplementationOnce(noRoom);
      expect(() => store.add([timed(2, 1, 2, large)])).toThrow(ViewerError);
      store.clear();
      expect(store.problem).toBeUndefined();
      journal.limitPages(10_000);
      store.add([timed(5, 1, 5)]);
      store.close();
      expect(content(openAt(file)).map(({ id }) => id)).toEqual([hex(5)]);
    });
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
