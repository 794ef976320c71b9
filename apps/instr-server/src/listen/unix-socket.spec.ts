import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder } from '../testing.spec.helper.js';
import { takeSocket } from './unix-socket.js';

cleanWith(onTestFinished);

async function listenAt(path: string): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  onTestFinished(() => void server.close());
  return server;
}

describe('takeSocket', () => {
  it('I44: makes a socket that only this user can connect to', async () => {
    const path = join(tempFolder(), 's.sock');
    const release = await takeSocket(path, listenAt);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    release();
    expect(existsSync(path)).toBe(false);
    release();
  });

  it('I44: refuses a folder that others may write, or that is not its own', async () => {
    const folder = tempFolder();
    const uid = process.getuid?.() ?? 0;
    const other = takeSocket(join(folder, 's.sock'), listenAt, uid + 1);
    await expect(other).rejects.toThrow('belongs to the user');
    chmodSync(folder, 0o777);
    await expect(takeSocket(join(folder, 's.sock'), listenAt)).rejects.toThrow('others may write it');
    await expect(takeSocket('/nowhere/at/all/s.sock', listenAt)).rejects.toThrow('ENOENT');
  });

  it('removes a stale socket of its own, and nothing else', async () => {
    const folder = tempFolder();
    const path = join(folder, 's.sock');
    writeFileSync(path, 'a file');
    await expect(takeSocket(path, listenAt)).rejects.toThrow('something else is there');
    const link = join(folder, 'link.sock');
    symlinkSync(path, link);
    await expect(takeSocket(link, listenAt)).rejects.toThrow('something else is there');
    const used = join(folder, 'used.sock');
    await listenAt(used);
    await expect(takeSocket(used, listenAt)).rejects.toThrow('a server answers there');
  });

  it('leaves a socket that another server has put in its place', async () => {
    const path = join(tempFolder(), 's.sock');
    const servers: Server[] = [];
    const listen = async (at: string) => void servers.push(await listenAt(at));
    const release = await takeSocket(path, listen);
    await new Promise((resolve) => servers[0]!.close(resolve));
    writeFileSync(`${path}.blocker`, '');
    await takeSocket(path, listen);
    release();
    expect(existsSync(path)).toBe(true);
  });
});
