import { join } from 'node:path';
import { DEFAULTS } from '../defaults.js';
import { collectGarbage } from '../store/collect-garbage.js';
import { DiskStore } from '../store/disk-store.js';
import { openStoreFolder } from '../store/store-folder.js';
import { readSettings, refuse, type Environment } from './read-settings.js';

/** Removes from a store what is too old or too much, while servers may run on it. @returns a line about it. */
export async function runGc(argv: readonly string[], env: Environment): Promise<string> {
  const settings = readSettings(argv, env);
  const folder = settings.text('store');
  if (folder === undefined) throw refuse('store', 'the folder of a store', '');
  const store = await openStoreFolder(folder);
  const options = {
    maxBytes: settings.number('max-disk-bytes') ?? DEFAULTS.maxDiskBytes,
    maxAgeMs: settings.number('max-age-ms') ?? DEFAULTS.maxAgeMs,
    now: Date.now,
    warn: console.warn,
  };
  const disk = new DiskStore(join(store, 'content'), options);
  const { entries, bytes, removed } = await collectGarbage(store, disk, options);
  return `${removed} contents removed, ${entries} kept, ${bytes} bytes`;
}
