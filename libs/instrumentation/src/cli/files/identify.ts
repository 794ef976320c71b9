import { createHash } from 'node:crypto';
import { extname } from 'node:path';
import { compileFunction } from 'node:vm';
import type { FileIdentity, ModuleFormat } from '../../wire/index.js';
import { pathInside } from './owners.js';
import type { Owners } from './owners.js';

/** A file that can be woven. */
export interface IdentifiedFile {
  readonly identity: FileIdentity;
  readonly text: string;
}

/** What an agent would say of a file: `path` with its links resolved. Undefined for what is no JavaScript. */
export function identify(path: string, bytes: Buffer, owners: Owners): IdentifiedFile | undefined {
  const text = bytes.toString('utf8');
  const format = formatOf(path, () => text, owners);
  if (format === undefined) return undefined;
  const owner = owners.of(path);
  const identity = {
    package: owner.name,
    version: owner.version,
    path: pathInside(owner, path),
    format,
    source: createHash('sha256').update(bytes).digest('hex'),
  };
  return { identity, text };
}

function formatOf(path: string, text: () => string, owners: Owners): ModuleFormat | undefined {
  const extension = extname(path);
  if (extension === '.mjs') return 'esm';
  if (extension === '.cjs') return 'cjs';
  if (extension !== '.js' && extension !== '') return undefined;
  const type = owners.typeOf(path);
  if (type !== undefined) return type === 'module' ? 'esm' : 'cjs';
  // As Node does without a "type": it is CommonJS if it can be.
  try {
    compileFunction(text().replace(/^\uFEFF?#!.*/, ''), [
      'exports',
      'require',
      'module',
      '__filename',
      '__dirname',
    ]);
    return 'cjs';
  } catch {
    return 'esm';
  }
}
