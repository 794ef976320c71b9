import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '@distrace/nest-server';
import { InstrServerError } from '../errors.js';

/** The text of a file that nobody but its owner can read. @throws InstrServerError when others can, or it cannot be read. */
export function readPrivateFile(path: string, what: string): string {
  try {
    const { mode } = statSync(path);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new Error(`it has mode 0${(mode & 0o777).toString(8)}`);
    }
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InstrServerError(
      'DT_ERR_SERVER_KEY',
      `${what} must be in a file that only its owner can read, but ${path} is not: ${messageOf(cause)}. chmod 600 it.`,
      { cause },
    );
  }
}
