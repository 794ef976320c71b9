import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ModuleFormat } from '../../wire/edit-list.js';

/** All JavaScript files under a folder, in a fixed order, links and caches left out. */
export function javaScriptFiles(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true }).toSorted((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== '.cache') found.push(...javaScriptFiles(path));
    else if (entry.isFile() && /\.[cm]?js$/.test(entry.name)) found.push(path);
  }
  return found;
}

/** The text of a file as an agent decodes it. */
export function sourceOf(path: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(readFileSync(path));
}

const types = new Map<string, ModuleFormat>();

/** How Node reads a file, from its name and its package. */
export function formatOf(path: string): ModuleFormat {
  if (path.endsWith('.mjs')) return 'esm';
  return path.endsWith('.cjs') ? 'cjs' : typeOf(dirname(path));
}

function typeOf(folder: string): ModuleFormat {
  const known = types.get(folder);
  if (known !== undefined) return known;
  const type = ownType(folder) ?? (dirname(folder) === folder ? 'cjs' : typeOf(dirname(folder)));
  types.set(folder, type);
  return type;
}

function ownType(folder: string): ModuleFormat | undefined {
  try {
    const { type } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { type?: unknown };
    return type === 'module' ? 'esm' : 'cjs';
  } catch {
    return undefined;
  }
}
