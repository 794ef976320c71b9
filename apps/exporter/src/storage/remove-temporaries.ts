import type { Stats } from 'node:fs';
import { lstat, opendir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const TEMPORARY = new RegExp(`^${UUID}\\.json\\.${UUID}\\.tmp$`, 'i');

/**
 * Removes the temporary files that a killed exporter left in its folder: those last written before `before`, in
 * milliseconds since 1970. What an exporter that runs is writing is younger. A folder that is missing is no error,
 * nor is a file that cannot be removed.
 */
export async function removeTemporaries(
  folder: string,
  { before }: { readonly before: number },
): Promise<void> {
  try {
    for await (const { name } of await opendir(folder)) {
      if (TEMPORARY.test(name)) await removeOld(join(folder, name), before);
    }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ENOENT') throw error;
  }
}

async function removeOld(path: string, before: number): Promise<void> {
  const stats: Stats | undefined = await lstat(path).catch(() => undefined);
  if (stats?.isFile() === true && stats.mtimeMs < before)
    await rm(path, { force: true }).catch(() => undefined);
}
