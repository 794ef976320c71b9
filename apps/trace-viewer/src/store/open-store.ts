import { FileJournal } from './file-journal.js';
import type { MemoryStoreOptions } from './memory-store-options.js';
import { MemoryStore } from './memory-store.js';

/** Options of {@link openStore}. */
export interface OpenStoreOptions extends Omit<MemoryStoreOptions, 'journal'> {
  /** SQLite file that outlives the process; created when missing. Default: memory only. */
  readonly file?: string;
  /** Told once when spans of the file could not be read and were left out. */
  readonly onUnreadable?: (count: number) => void;
}

/** A store in memory, with a file behind it when one is named. @throws ViewerError when the file cannot be used. */
export function openStore({ file, onUnreadable, ...options }: OpenStoreOptions = {}): MemoryStore {
  if (file === undefined) return new MemoryStore(options);
  const journal = new FileJournal(file);
  const store = new MemoryStore({ ...options, journal });
  let unreadable = 0;
  try {
    for (const piece of journal.read((count) => (unreadable += count))) store.restore(piece);
  } catch (error) {
    store.close();
    throw error;
  }
  // Today's limits may be lower than those of the run that wrote the file.
  journal.commit();
  if (unreadable > 0) onUnreadable?.(unreadable);
  return store;
}
