import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a build read and what it wrote, as hashes. While both are the same, building again changes nothing. */
export interface Fingerprint {
  readonly inputs: string;
  readonly outputs: string;
}

const FOLDERS = ['apps', 'libs', 'examples'] as const;
const FILES = ['nx.json', 'package.json', 'package-lock.json', 'tsconfig.base.json'] as const;
const SKIPPED = new Set(['node_modules', 'coverage']);

async function filesBelow(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch(() => []);
  const nested = entries.map(async (entry) => {
    if (entry.name.startsWith('.') || SKIPPED.has(entry.name)) return [];
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(root, path) : [path];
  });
  return (await Promise.all(nested)).flat();
}

async function hashOf(root: string, paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    // A file that goes while we read makes another fingerprint, which is the truth.
    const content = await readFile(join(root, path)).catch(() => undefined);
    hash.update(`${path}\0${content?.length ?? 'gone'}\0`).update(content ?? '');
  }
  return hash.digest('hex');
}

/** `apps/client/dist/main.js` */
const isOutput = (path: string) => path.split('/')[2] === 'dist';

/** Reads every file of apps, libs and examples. */
export async function fingerprintOf(root: string): Promise<Fingerprint> {
  const below = (await Promise.all(FOLDERS.map((folder) => filesBelow(root, folder)))).flat();
  const inputs = below.filter((path) => !isOutput(path));
  return {
    inputs: await hashOf(root, [...inputs.toSorted(), ...FILES]),
    outputs: await hashOf(root, below.filter(isOutput).toSorted()),
  };
}
