import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Makes a data folder and the missing ones above it. Node's own recursive `mkdir` never returns, at full CPU, where a
 * parent is there and refuses with ENOENT, as /proc does.
 * @throws when it cannot be made, with what to do.
 */
export function makeFolder(folder: string): void {
  try {
    make(resolve(folder));
  } catch (cause) {
    const came = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The data folder must be one that can be made, instead got '${folder}': ${came}. Set DISTRACE_DATA_DIR to another.`,
      { cause },
    );
  }
}

function make(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  if (dirname(folder) !== folder) make(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw error;
  }
}
