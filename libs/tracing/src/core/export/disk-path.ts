import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, format, join, parse, resolve, sep } from 'node:path';
import { DistraceError } from '../errors.js';

const FILE_NAME = 'spans.ndjson';

/** The file that a `disk` path means: in a folder (existing, or by a slash at the end) it is `spans.ndjson`. Makes
 * missing folders. Throws a DistraceError for a path that cannot be written. */
export function prepareDiskPath(path: string): string {
  if (path.trim() === '') throw badPath(path, 'it is empty');
  if (path.includes('\0')) throw badPath(path, 'it has a zero byte');
  if (/^["'`]/.test(path)) throw badPath(path, 'it starts with a quote, and arguments are written without');
  const isFolder = path.endsWith('/') || path.endsWith(sep) || kindOf(path) === 'folder';
  const file = resolve(isFolder ? join(path, FILE_NAME) : path);
  try {
    mkdirSync(dirname(file), { recursive: true });
    if (kindOf(file) === 'folder') throw badPath(path, `${file} is a folder`);
    accessSync(dirname(file), constants.W_OK);
    if (kindOf(file) === 'file') accessSync(file, constants.R_OK | constants.W_OK);
  } catch (cause) {
    if (cause instanceof DistraceError) throw cause;
    throw badPath(path, (cause as NodeJS.ErrnoException).message, cause);
  }
  return file;
}

/** `spans.ndjson` → `spans.1.ndjson`, the file before this one. */
export function rotatedPath(file: string, number: number): string {
  const { dir, name, ext } = parse(file);
  return format({ dir, name: `${name}.${number}`, ext });
}

function kindOf(path: string): 'folder' | 'file' | 'nothing' {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'nothing';
  return stats.isDirectory() ? 'folder' : 'file';
}

function badPath(path: string, why: string, cause?: unknown): DistraceError {
  return new DistraceError(
    'DT_ERR_EXPORTER_ARGUMENT',
    `disk needs a file or a folder it can write, got "${path}": ${why}; give a path like ./spans/`,
    { cause, fields: { exporter: 'disk', argument: path } },
  );
}
