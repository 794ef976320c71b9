import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { DistraceError } from '@distrace/tracing/core';
import { didYouMean } from './near-names.js';

/** A package on the disk. */
export interface ExtensionPackage {
  /** Its name, or its folder where it has none. */
  readonly name: string;
  /** Absolute, links resolved. */
  readonly folder: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  /** The text of its package.json, for the lines of messages. */
  readonly manifestText: string;
}

/**
 * Finds a package by `./path`, absolute path or name. Names are looked for in the `node_modules` folders from `from`
 * upward, as Node does, but whatever the package exports. Throws `DT_ERR_EXTENSION`.
 */
export async function findPackage(
  spec: string,
  { from }: { readonly from: string },
): Promise<ExtensionPackage> {
  const folder = await folderOf(spec, resolve(from));
  if (folder === undefined) {
    throw new DistraceError(
      'DT_ERR_EXTENSION',
      `An extension is a folder as ./path or an installed package, got ${JSON.stringify(spec)}, which is none from ${resolve(from)}${await meant(spec, resolve(from))}; correct it or install the package`,
    );
  }
  const file = join(folder, 'package.json');
  const manifestText = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new DistraceError(
      'DT_ERR_EXTENSION',
      `An extension has a package.json, but ${file} cannot be read; add it`,
      {
        cause,
      },
    );
  });
  const manifest = parseManifest(manifestText, file);
  return {
    name: typeof manifest['name'] === 'string' ? manifest['name'] : folder,
    folder,
    manifest,
    manifestText,
  };
}

async function folderOf(spec: string, from: string): Promise<string | undefined> {
  if (isAbsolute(spec) || /^\.\.?(?:$|[/\\])/.test(spec)) return existingFolder(resolve(from, spec));
  if (!/^(?:@[^/\\]+\/)?[^/\\.][^/\\]*$/.test(spec)) return undefined;
  for (let folder = from; ; folder = dirname(folder)) {
    const found = await existingFolder(join(folder, 'node_modules', spec));
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

/** What lies beside the folder or package that is not there, and is called nearly so. */
async function meant(spec: string, from: string): Promise<string> {
  const isPath = isAbsolute(spec) || spec.startsWith('.');
  const beside = isPath ? dirname(resolve(from, spec)) : join(from, 'node_modules', dirname(spec));
  const found = didYouMean(basename(spec), await readdir(beside).catch(() => []));
  // A package's folder without the dot: the slip that a message about packages does not tell.
  if (found === '' && !isPath && (await existingFolder(resolve(from, spec))))
    return ` (did you mean ./${spec}?)`;
  return found;
}

async function existingFolder(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isDirectory() ? await realpath(path) : undefined;
  } catch {
    return undefined;
  }
}

function parseManifest(text: string, file: string): Record<string, unknown> {
  let problem = 'it is another value';
  let cause: unknown;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>;
    }
  } catch (error) {
    cause = error;
    problem = error instanceof Error ? error.message : String(error);
  }
  throw new DistraceError('DT_ERR_EXTENSION', `${file} must be a JSON object, but ${problem}; correct it`, {
    cause,
  });
}

const CONDITIONS = new Set(['node', 'import', 'module-sync', 'node-addons', 'default', 'require']);

/** The module that `import 'the-package'` loads; undefined when it exports none. */
export function mainModule({ folder, manifest }: ExtensionPackage): string | undefined {
  const { exports, main } = manifest;
  const target = exports === undefined ? main : exportsTarget(exports);
  if (exports !== undefined && target === undefined) return undefined;
  return join(folder, typeof target === 'string' ? target : 'index.js');
}

function exportsTarget(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports;
  if (Array.isArray(exports)) return exports.map(exportsTarget).find((target) => target !== undefined);
  if (typeof exports !== 'object' || exports === null) return undefined;
  const table = exports as Record<string, unknown>;
  if ('.' in table) return exportsTarget(table['.']);
  return Object.keys(table)
    .filter((condition) => CONDITIONS.has(condition))
    .map((condition) => exportsTarget(table[condition]))
    .find((target) => target !== undefined);
}
