import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Why no rows can be written to a path, found out before minutes are measured; undefined when they can. */
export function whyNotWritable(path: string): string | undefined {
  if (path === '') return refusal('got an empty text');
  const folder = dirname(path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return refusal(`${path} is a folder`);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return refusal(`there is no folder ${folder}. Make it, or give another path`);
  try {
    accessSync(found === undefined ? folder : path, constants.W_OK);
    return undefined;
  } catch (error) {
    return refusal(`${path} cannot be written (${(error as Error).message})`);
  }
}

const refusal = (came: string) => `--json takes the path of a file that can be written, but ${came}.`;
