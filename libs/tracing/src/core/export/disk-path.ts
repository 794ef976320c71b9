import { accessSync, constants, statSync } from 'node:fs';
import { dirname, format, join, parse, resolve, sep } from 'node:path';
import { DistraceError } from '../errors.js';
import { errorMessage } from '../record-error.js';
import { makeFolders } from './make-folders.js';
import { cut } from './shown-text.js';

const FILE_NAME = 'spans.ndjson';

/** The file that a `disk` path means: in a folder (existing, or by a slash at the end) it is `spans.ndjson`. Makes
 * missing folders. Throws a DistraceError for a path that cannot be written. */
export function prepareDiskPath(path: string): string {
  if (path.trim() === '') throw badPath(path, 'it is empty');
  if (path.includes('\0')) throw badPath(path, 'it has a zero byte');
  if (/^["'`]/.test(path)) throw badPath(path, 'it starts with a quote, and arguments are written without');
  try {
    const isFolder = path.endsWith('/') || path.endsWith(sep) || kindOf(path) === 'folder';
    const file = resolve(isFolder ? join(path, FILE_NAME) : path);
    makeFolders(dirname(file));
    const kind = kindOf(file);
    if (kind === 'folder') throw badPath(path, `${file} is a folder`);
    if (kind === 'other') throw badPath(path, 'it is a pipe, a socket or a block device');
    if (kind !== 'device') accessSync(dirname(file), constants.W_OK);
    if (kind !== 'nothing') accessSync(file, constants.R_OK | constants.W_OK);
    return file;
  } catch (cause) {
    if (cause instanceof DistraceError) throw cause;
    throw badPath(path, errorMessage(cause), cause);
  }
}

/** `spans.ndjson` → `spans.1.ndjson`, the file before this one. */
export function rotatedPath(file: string, number: number): string {
  const { dir, name, ext } = parse(file);
  return format({ dir, name: `${name}.${number}`, ext });
}

/** A character device is /dev/null or a terminal. Writing to a pipe without a reader never ends, nor then does the
 * process. */
function kindOf(path: string): 'folder' | 'file' | 'device' | 'other' | 'nothing' {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'nothing';
  if (stats.isDirectory()) return 'folder';
  if (stats.isFile()) return 'file';
  return stats.isCharacterDevice() ? 'device' : 'other';
}

function badPath(path: string, why: string, cause?: unknown): DistraceError {
  return new DistraceError(
    'DT_ERR_EXPORTER_ARGUMENT',
    `disk needs a file or a folder it can write, got "${cut(path)}": ${cut(why)}; give a path like ./spans/`,
    { cause, fields: { exporter: 'disk', argument: cut(path) } },
  );
}
