import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from '../sources/source-store.js';
import { readJsonFile, writeJsonFile } from '../store/json-file.js';
import type { LoadedRules } from './rule-set.js';

/** Options of {@link withExtensionCache}. */
export interface ExtensionCacheOptions {
  /** Private to this user: what lies there is signed and runs in applications. */
  readonly folder: string;
  /** What else the result depends on: names, base folder, versions. */
  readonly about: readonly string[];
  readonly warn: (message: string) => void;
}

interface Kept {
  readonly v: 1;
  /** SHA-256 of each file that was read, by its path. */
  readonly files: Readonly<Record<string, string>>;
  readonly loaded: LoadedRules;
}

/**
 * Loads extensions, or takes what they came to last time while each file that was read for it holds the same.
 * Bundling takes a second of a process' start, hashing some hundred files a fiftieth of that.
 */
export async function withExtensionCache(
  load: () => Promise<LoadedRules>,
  { folder, about, warn }: ExtensionCacheOptions,
): Promise<LoadedRules> {
  const path = join(folder, `${sha256(JSON.stringify(about))}.json`);
  const kept = await readJsonFile(path);
  if (isKept(kept) && (await isSame(kept.files))) return kept.loaded;
  const loaded = await load();
  const hashes = await Promise.all(loaded.files.map(async (file) => [file, await hashOf(file)] as const));
  const files = Object.fromEntries(hashes);
  await writeJsonFile(path, { v: 1, files, loaded } satisfies Kept).catch((error: unknown) =>
    warn(`What extensions came to cannot be kept: ${(error as Error).message}`),
  );
  return loaded;
}

async function isSame(files: Readonly<Record<string, string>>): Promise<boolean> {
  const same = await Promise.all(
    Object.entries(files).map(async ([file, hash]) => (await hashOf(file)) === hash),
  );
  return same.every(Boolean);
}

async function hashOf(file: string): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch {
    // Its absence may be what a result depends on.
    return 'missing';
  }
}

function isKept(value: unknown): value is Kept {
  const { v, files, loaded } = (value ?? {}) as Partial<Record<keyof Kept, unknown>>;
  const { rules, bundle, folders } = (loaded ?? {}) as Partial<Record<keyof LoadedRules, unknown>>;
  return (
    v === 1 &&
    typeof files === 'object' &&
    files !== null &&
    Array.isArray(rules) &&
    typeof bundle === 'string' &&
    Array.isArray(folders)
  );
}
