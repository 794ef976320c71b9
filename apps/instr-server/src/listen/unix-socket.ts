import { chmodSync, lstatSync, statSync, unlinkSync, type Stats } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { messageOf } from '@distrace/nest-server';
import { InstrServerError } from '../errors.js';

/**
 * Listens on a socket that only this user can connect to, in a folder that nobody else may write. A stale one of
 * this user is removed first.
 *
 * @returns removes the socket.
 * @throws InstrServerError for a path that is somebody else's, in use, or in a folder that others may write.
 */
export async function takeSocket(
  path: string,
  listen: (path: string) => Promise<unknown>,
  uid = process.getuid?.(),
): Promise<() => void> {
  checkFolder(dirname(path), uid);
  await removeStale(path, uid);
  // The mode is right from the first moment on: between bind and chmod somebody could connect.
  const before = process.umask(0o177);
  try {
    await listen(path);
  } finally {
    process.umask(before);
  }
  chmodSync(path, 0o600);
  const made = lstatSync(path);
  return () => {
    try {
      const found = lstatSync(path);
      // Not one that another server has put in its place.
      if (found.ino === made.ino && found.dev === made.dev) unlinkSync(path);
    } catch {
      // Node removes it as well.
    }
  };
}

function checkFolder(folder: string, uid: number | undefined): void {
  let found: Stats;
  try {
    found = statSync(folder);
  } catch (cause) {
    throw refuse(folder, messageOf(cause));
  }
  if (uid === undefined) return;
  if (found.uid !== uid) throw refuse(folder, `it belongs to the user ${found.uid}`);
  if ((found.mode & 0o022) !== 0) throw refuse(folder, 'others may write it');
}

function refuse(folder: string, why: string): InstrServerError {
  return new InstrServerError(
    'DT_ERR_SERVER_LISTEN',
    `A socket must be in a folder of this user that nobody else may write, but ${folder} is not: ${why}. Make one with mode 0700.`,
  );
}

async function removeStale(path: string, uid: number | undefined): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  const problem = !found.isSocket()
    ? 'something else is there'
    : uid !== undefined && found.uid !== uid
      ? `it belongs to the user ${found.uid}`
      : (await answers(path))
        ? 'a server answers there'
        : undefined;
  if (problem !== undefined) {
    throw new InstrServerError(
      'DT_ERR_SERVER_LISTEN',
      `The socket ${path} must be free, but ${problem}. Name another one, or end what listens there.`,
    );
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    // Whatever else than "nobody is there" may be a server that is busy.
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'ECONNREFUSED'));
  });
}
