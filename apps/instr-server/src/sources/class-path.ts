import { readFile, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileIdentity } from '@distrace/instrumentation/wire';
import { sha256 } from './source-store.js';

/** Folders with packages, looked through at the first question; more are not. */
const MAX_FOLDERS = 200_000;

/**
 * The server's own class path: sources of applications that lie where the server can read them. A file is found by
 * its package, version and path, and only counts when it has the hash that was asked for.
 */
export class ClassPath {
  readonly #roots: readonly string[];
  #packages: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

  constructor(roots: readonly string[]) {
    this.#roots = roots;
  }

  get isEmpty(): boolean {
    return this.#roots.length === 0;
  }

  /** The source of a file; undefined when no root has it with this content. */
  async find(file: FileIdentity): Promise<string | undefined> {
    if (this.isEmpty) return undefined;
    this.#packages ??= readPackages(this.#roots);
    const folders = (await this.#packages).get(`${file.package}@${file.version}`) ?? [];
    for (const folder of folders) {
      const text = await readInside(folder, file.path);
      if (text !== undefined && sha256(text) === file.source) return text.toString();
    }
    return undefined;
  }

  /** Looks through the roots anew at the next question. */
  forget(): void {
    this.#packages = undefined;
  }
}

async function readInside(folder: string, path: string): Promise<Buffer | undefined> {
  try {
    // A link that leads out of the package is not followed to wherever it goes.
    const file = await realpath(join(folder, path));
    return file.startsWith(folder + sep) ? await readFile(file) : undefined;
  } catch {
    return undefined;
  }
}

async function readPackages(roots: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  const queue = (await Promise.all(roots.map((root) => realpath(root).catch(() => undefined)))).filter(
    (root) => root !== undefined,
  );
  for (let at = 0; at < queue.length && at < MAX_FOLDERS; at++) {
    const folder = queue[at]!;
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith('.')) queue.push(join(folder, entry.name));
      if (entry.isFile() && entry.name === 'package.json') {
        const name = await readName(join(folder, entry.name));
        if (name !== undefined) found.set(name, [...(found.get(name) ?? []), folder]);
      }
    }
  }
  return found;
}

async function readName(file: string): Promise<string | undefined> {
  try {
    const { name, version } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    return `${typeof name === 'string' ? name : ''}@${typeof version === 'string' ? version : ''}`;
  } catch {
    return undefined;
  }
}
