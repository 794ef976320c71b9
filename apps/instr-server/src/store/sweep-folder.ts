import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GcReport } from './disk-store.js';

/** Options of {@link sweepFolder}. */
export interface SweepOptions {
  /** Bytes of all files afterwards. */
  readonly maxBytes: number;
  /** Milliseconds after its last use at which a file goes. */
  readonly maxAgeMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Removes files of a folder that are too old, then those that were not used for longest until the rest fits. Their
 * time is the file system's. Never throws: a folder that is not there is empty.
 */
export async function sweepFolder(
  folder: string,
  { maxBytes, maxAgeMs, now }: SweepOptions,
): Promise<GcReport> {
  const names = await readdir(folder).catch(() => []);
  const found = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const file = await stat(path).catch(() => undefined);
      return file?.isFile() === true ? { path, bytes: file.size, usedAt: file.mtimeMs } : undefined;
    }),
  );
  const files = found.filter((file) => file !== undefined).toSorted((a, b) => b.usedAt - a.usedAt);
  const oldest = now() - maxAgeMs;
  let bytes = 0;
  let removed = 0;
  for (const file of files) {
    if (file.usedAt >= oldest && bytes + file.bytes <= maxBytes) bytes += file.bytes;
    else {
      await rm(file.path, { force: true }).catch(() => undefined);
      removed += 1;
    }
  }
  return { entries: files.length - removed, bytes, removed };
}
