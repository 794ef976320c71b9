import { readdir, readFile, readlink } from 'node:fs/promises';

const LISTEN = '0A';

/** The inodes of sockets that listen on a port, out of /proc/net/tcp or tcp6. */
export function listenersOn(port: number, table: string): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return state === LISTEN && local?.endsWith(`:${wanted}`) && inode !== undefined ? [inode] : [];
  });
}

/**
 * Whether it is this process that listens on the port: an answer on it may come from somebody who took the port
 * between our look and our start. Undefined where the system does not say (no /proc).
 */
export async function ownsPort(pid: number, port: number): Promise<boolean | undefined> {
  try {
    const tables = await Promise.all(
      ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
    );
    if (tables.join('') === '') return undefined;
    const inodes = new Set(listenersOn(port, tables.join('\n')));
    const files = await readdir(`/proc/${pid}/fd`);
    const links = await Promise.all(files.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    return links.some((one) => inodes.has(/^socket:\[(\d+)\]$/.exec(one)?.[1] ?? ''));
  } catch {
    return undefined;
  }
}
