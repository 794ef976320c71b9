import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';

/** The package that a file belongs to. */
export interface OwningPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** Finds the nearest package.json upward that has a name; each folder is read once. */
export function createPackageFinder(): (file: string) => Promise<OwningPackage | undefined> {
  const known = new Map<string, Promise<OwningPackage | undefined>>();
  function inFolder(folder: string): Promise<OwningPackage | undefined> {
    let found = known.get(folder);
    if (found === undefined) known.set(folder, (found = read(folder)));
    return found;
  }
  async function read(folder: string): Promise<OwningPackage | undefined> {
    const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}');
    const { name, version, license } = JSON.parse(text) as Record<string, unknown>;
    if (typeof name === 'string' && name !== '') {
      return { folder, name, version: textOf(version, '0.0.0'), license: textOf(license, 'unknown license') };
    }
    const parent = dirname(folder);
    return parent === folder ? undefined : await inFolder(parent);
  }
  return (file) => inFolder(dirname(file));
}

/** What a file is called wherever it stands: `name@version/path/in/package.js`. */
export function sourceName(file: string, owner: OwningPackage | undefined): string {
  if (owner === undefined) return `unnamed/${basename(file)}`;
  const path = relative(owner.folder, file).split(sep).join('/');
  return `${owner.name}@${owner.version}/${path}`;
}

function textOf(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
