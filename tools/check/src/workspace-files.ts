import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from './packages.ts';

const SKIPPED = new Set(['node_modules', 'dist', 'coverage', 'fixtures']);
const WANTED = /(?:^package\.json|\.(?:[cm]?[jt]s|[jt]sx))$/;

async function walk(root: string, folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const nested = entries.map(async (entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return SKIPPED.has(entry.name) || entry.name.startsWith('.') ? [] : walk(root, path);
    }
    return entry.isFile() && WANTED.test(entry.name) ? [path] : [];
  });
  return (await Promise.all(nested)).flat();
}

async function foldersOf(root: string, pattern: string): Promise<readonly string[]> {
  if (!pattern.endsWith('/*')) return [pattern];
  const parent = pattern.slice(0, -2);
  const entries = await readdir(join(root, parent), { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  return entries.filter((one) => one.isDirectory()).map((one) => `${parent}/${one.name}`);
}

/** Reads the sources and package.json files of every npm workspace under `root`, and the root's own package.json. */
export async function readWorkspace(root: string): Promise<readonly SourceFile[]> {
  const manifest = await readFile(join(root, 'package.json'), 'utf8');
  const { workspaces = [] } = JSON.parse(manifest) as { readonly workspaces?: readonly string[] };
  const folders = (await Promise.all(workspaces.map((one) => foldersOf(root, one)))).flat();
  const paths = (await Promise.all(folders.map((one) => walk(root, one)))).flat().toSorted();
  const files = paths.map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') }));
  return [{ path: 'package.json', text: manifest }, ...(await Promise.all(files))];
}
