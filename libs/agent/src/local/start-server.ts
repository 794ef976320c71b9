import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyPair } from '@distrace/instrumentation/wire';
import { AgentError, reasonOf } from '../errors.js';
import { exposureOf } from '../store/exposure.js';
import type { Tree } from './tree.js';

export interface StartServerOptions {
  /** The main file of the server. */
  readonly entry: string;
  readonly extensions: readonly string[];
  /** A server that is not ready by then is ended. */
  readonly timeoutMs: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told when other users could put a server of theirs in this one's place. */
  readonly warn: (error: AgentError) => void;
  /** Made for this tree alone. */
  readonly keys: Pick<KeyPair, 'publicKey' | 'privateKey'>;
}

const MAX_HEARD = 4096;

/** What of the app's environment a server may see: never NODE_OPTIONS, never secrets. */
const KEPT = ['PATH', 'HOME', 'USER', 'LANG', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'XDG_CACHE_HOME', 'SystemRoot'];

/**
 * Starts the server of this process tree. It listens on a socket in a folder of its own that only this user may
 * enter, and ends when its standard input does: the kernel closes that however this process ends. Rejects with
 * `DT_ERR_AGENT_LOCAL_SERVER`.
 */
export async function startServer({
  entry,
  extensions,
  timeoutMs,
  env,
  warn,
  keys,
}: StartServerOptions): Promise<Tree> {
  let folder: string | undefined;
  let child: ChildProcess | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'distrace-'));
    const tree: Tree = {
      socketPath: join(folder, 'server.sock'),
      token: randomBytes(24).toString('base64url'),
      publicKey: keys.publicKey,
    };
    child = spawn(process.execPath, [entry, '--local'], {
      env: Object.fromEntries(KEPT.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))),
      stdio: 'pipe',
      windowsHide: true,
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.write(
      `${JSON.stringify({
        socket: tree.socketPath,
        token: tree.token,
        privateKey: keys.privateKey,
        extensions,
      })}\n`,
    );
    await isReady(child, timeoutMs);
    warnWhereExposed(folder, warn);
    letGo(child);
    return tree;
  } catch (error) {
    child?.kill();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw new AgentError(
      'DT_ERR_AGENT_LOCAL_SERVER',
      `server_entry must be the main file of an instrumentation server, got ${JSON.stringify(entry)}: ${whatIs(entry) ?? reasonOf(error)}`,
    );
  }
}

/**
 * No reason to stop: folders of a container often are open, and there is nobody else in it. What a false server would
 * get is the token and sources; what it answers is not signed.
 */
function warnWhereExposed(folder: string, warn: (error: AgentError) => void): void {
  const exposure = exposureOf(folder);
  if (exposure === undefined) return;
  warn(
    new AgentError(
      'DT_ERR_AGENT_LOCAL_SERVER',
      `The socket of a server must lie where nobody else can put another one, got ${exposure}; ` +
        'set TMPDIR=… to a folder of this user, or the sticky bit; the app is traced',
    ),
  );
}

function isReady(child: ChildProcess, timeoutMs: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`it was not ready within ${timeoutMs} ms; run it by hand to see why`)),
    timeoutMs,
  );
  let said = '';
  let complained = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MAX_HEARD);
    if (/^\s*\{.*"ready"\s*:\s*true/m.test(said)) resolve();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complained = (complained + chunk.toString()).slice(-MAX_HEARD);
  });
  child.on('error', reject);
  child.on('close', (code, signal) => {
    reject(new Error(`it ended with ${signal ?? `code ${code}`}, ${lastWords(complained)}`));
  });
  return promise.finally(() => clearTimeout(timer));
}

/** What is wrong with the path itself. */
function whatIs(entry: string): string | undefined {
  const stats = statSync(entry, { throwIfNoEntry: false });
  if (stats === undefined) return 'there is no such file; correct the path, or build the server';
  return stats.isDirectory() ? 'it is a folder; say which file of it by server_main' : undefined;
}

/** Of all that Node prints for an exception, the line that says what it was. */
function lastWords(complained: string): string {
  const lines = complained
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line));
  const line = lines.findLast((one) => /^(?:\w*Error\b|instr-server )/.test(one)) ?? lines.at(-1);
  return line === undefined ? 'saying nothing' : `saying: ${line.trim()}`;
}

/** The app may end while the server runs; what the server prints from now on is read and dropped. */
function letGo(child: ChildProcess): void {
  for (const stream of [child.stdout, child.stderr]) {
    stream?.removeAllListeners('data');
    stream?.resume();
  }
  child.removeAllListeners();
  child.on('error', () => undefined);
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    (stream as unknown as { unref?(): void } | null)?.unref?.();
  }
}
