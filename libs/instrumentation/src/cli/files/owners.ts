import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The package a file belongs to. */
export interface Owner {
  readonly name: string;
  readonly version: string;
  /** Its folder; empty where the file belongs to none. */
  readonly folder: string;
}

interface Manifest {
  readonly name?: unknown;
  readonly version?: unknown;
  readonly type?: unknown;
}

const NOBODY: Owner = { name: '', version: '', folder: '' };

/**
 * Says whose a file is, as an agent says it: the nearest package.json upward that has a name, not beyond
 * `node_modules`. Reads each package.json once.
 */
export class Owners {
  readonly #manifests = new Map<string, Manifest | undefined>();

  /** `path` with its links resolved. */
  of(path: string): Owner {
    for (const folder of foldersUp(path)) {
      const { name, version } = this.#manifest(folder) ?? {};
      if (typeof name === 'string' && name !== '') {
        return { name, version: typeof version === 'string' ? version : '', folder };
      }
    }
    return NOBODY;
  }

  /** What the nearest package.json, with a name or without, says of its `.js` files. */
  typeOf(path: string): 'module' | 'commonjs' | undefined {
    for (const folder of foldersUp(path)) {
      const manifest = this.#manifest(folder);
      if (manifest === undefined) continue;
      return manifest.type === 'module' || manifest.type === 'commonjs' ? manifest.type : undefined;
    }
    return undefined;
  }

  #manifest(folder: string): Manifest | undefined {
    if (this.#manifests.has(folder)) return this.#manifests.get(folder);
    const manifest = readManifest(folder);
    this.#manifests.set(folder, manifest);
    return manifest;
  }
}

function readManifest(folder: string): Manifest | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) ?? undefined) as
      Manifest | undefined;
  } catch {
    return undefined;
  }
}

function* foldersUp(path: string): Generator<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    yield folder;
    if (folder === dirname(folder) || folder.endsWith(`${sep}node_modules`)) return;
  }
}

/** The path inside its owner, `/` between names. */
export function pathInside(owner: Owner, path: string): string {
  return (
    owner.folder === '' ? path.slice(dirname(path).length + 1) : relative(owner.folder, path)
  ).replaceAll(sep, '/');
}
