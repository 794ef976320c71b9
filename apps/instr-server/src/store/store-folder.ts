import { lstat, mkdir, realpath } from 'node:fs/promises';
import { messageOf } from '@distrace/nest-server';
import { InstrServerError } from '../errors.js';

/**
 * Makes the folder of the store, for this user only, or takes one that is. What lies there is signed and sent on,
 * so nobody else may write it.
 *
 * @throws InstrServerError for a folder that is a link, is somebody else's, or that others may write.
 */
export async function openStoreFolder(folder: string, uid = process.getuid?.()): Promise<string> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await lstat(folder);
    if (found.isSymbolicLink()) throw new Error('it is a symbolic link');
    if (!found.isDirectory()) throw new Error('it is no folder');
    if (uid !== undefined && found.uid !== uid) throw new Error(`it belongs to the user ${found.uid}`);
    if (uid !== undefined && (found.mode & 0o022) !== 0) throw new Error('others may write it');
    return await realpath(folder);
  } catch (cause) {
    throw new InstrServerError(
      'DT_ERR_SERVER_STORE',
      `The store must be a folder of this user that nobody else may write, but ${folder} is not: ${messageOf(cause)}. Name another folder, or chmod 700 it.`,
      { cause },
    );
  }
}
