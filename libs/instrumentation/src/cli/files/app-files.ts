import { readdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';

const SCRIPT = /\.[cm]?js$/;
const NO_CODE = new Set(['.git', '.nx', '.cache', 'coverage']);

/**
 * All JavaScript files below some folders, `node_modules` included, with links resolved, each once, in a stable order.
 * Linked packages are followed, since processes load them by their real path.
 */
export async function* appFiles(folders: readonly string[]): AsyncGenerator<string> {
  const seen = new Set<string>();
  const pending = folders.toReversed();
  while (pending.length > 0) {
    const folder = await realpath(pending.pop()!).catch(() => undefined);
    if (folder === undefined || seen.has(folder)) continue;
    seen.add(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const further: string[] = [];
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isFile()) {
        if (SCRIPT.test(entry.name) && isNew(seen, path)) yield path;
      } else if (entry.isDirectory() ? !NO_CODE.has(entry.name) : entry.isSymbolicLink()) further.push(path);
    }
    pending.push(...further.toReversed());
  }
}

function isNew(seen: Set<string>, path: string): boolean {
  if (seen.has(path)) return false;
  seen.add(path);
  return true;
}
