import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The package a file belongs to. */
export interface Owner {
  readonly name: string;
  readonly version: string;
  /** Its folder; empty when the file belongs to none. */
  readonly folder: string;
}

const NOBODY: Owner = { name: '', version: '', folder: '' };

/** Finds owners of real paths; remembers folders, so that a package.json is read once. */
export class Owners {
  readonly #byFolder = new Map<string, Owner>();

  /**
   * The nearest package.json upward that has a name: one that only says `"type"`, as many packages have in their
   * `dist/esm`, does not cut a package in two. Does not leave a `node_modules` folder upward.
   */
  of(path: string): Owner {
    return this.#inFolder(dirname(path));
  }

  #inFolder(folder: string): Owner {
    const known = this.#byFolder.get(folder);
    if (known !== undefined) return known;
    const owner = readOwner(folder) ?? this.#above(folder);
    this.#byFolder.set(folder, owner);
    return owner;
  }

  #above(folder: string): Owner {
    const parent = dirname(folder);
    return parent === folder || /[\\/]node_modules$/.test(folder) ? NOBODY : this.#inFolder(parent);
  }
}

function readOwner(folder: string): Owner | undefined {
  const path = join(folder, 'package.json');
  // Most folders have none, and an exception costs ten times as much as this.
  if (!existsSync(path)) return undefined;
  try {
    const { name, version } = JSON.parse(readFileSync(path, 'utf8')) as {
      name?: unknown;
      version?: unknown;
    };
    if (typeof name !== 'string' || name === '') return undefined;
    return { name, version: typeof version === 'string' ? version : '', folder };
  } catch {
    return undefined;
  }
}

/** The path inside its owner, with `/` between names. */
export function pathInside(owner: Owner, path: string): string {
  const inside =
    owner.folder === '' ? path.slice(path.lastIndexOf('/') + 1) : path.slice(owner.folder.length + 1);
  return inside.replaceAll('\\', '/');
}
