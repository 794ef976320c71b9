import { join } from 'node:path';
import type { DiskStore, GcReport } from './disk-store.js';
import { sweepFolder, type SweepOptions } from './sweep-folder.js';

/** Of the bytes of a store: what lists of files, and what extensions came to, may take on top. */
const SHARE = 1 / 4;

/** Clears a store by its bounds: contents, what services needed, what extensions came to. Packs of publishers stay. */
export async function collectGarbage(
  folder: string,
  disk: Pick<DiskStore, 'gc'>,
  { maxBytes, ...options }: SweepOptions,
): Promise<GcReport> {
  const bounds = { ...options, maxBytes: maxBytes * SHARE };
  const reports = [
    await disk.gc(),
    await sweepFolder(join(folder, 'services'), bounds),
    await sweepFolder(join(folder, 'extensions'), bounds),
  ];
  const sum = (field: keyof GcReport) => reports.reduce((total, report) => total + report[field], 0);
  return { entries: sum('entries'), bytes: sum('bytes'), removed: sum('removed') };
}
