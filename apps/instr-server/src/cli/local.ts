import { rmdirSync, unlinkSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { messageOf } from '@distrace/nest-server';
import { createInstrServer, type InstrServer } from '../create-instr-server.js';
import { InstrServerError } from '../errors.js';
import type { InstrServerOptions } from '../options.js';
import type { Environment } from './read-settings.js';

/** What the process that starts a server of its own writes to its standard input, as one line of JSON. */
export interface LocalStart {
  /** In a folder that only this user may enter. */
  readonly socket: string;
  readonly token: string;
  /** PEM. */
  readonly privateKey: string;
  readonly extensions: readonly string[];
  /** Default: a folder in the user's cache; `null`: memory only. */
  readonly storeFolder?: string | null;
  readonly sourceRoots?: readonly string[];
  readonly pollIntervalMs?: number;
}

/** What {@link runLocal} needs of the process. */
export interface LocalProcess {
  readonly stdin: AsyncIterable<Buffer | string> & {
    on(event: 'close' | 'error', listener: () => void): unknown;
  };
  readonly env: Environment;
  say(line: string): void;
  complain(line: string): void;
  exit(code: number): void;
  onSignal(signal: 'SIGTERM' | 'SIGINT' | 'SIGHUP', listener: () => void): void;
}

/** A first line longer than this is none. */
const MAX_LINE = 1024 * 1024;

/** Writing what is not on the disk yet may take so long once the parent has gone. */
const END_WITHIN_MS = 1500;

/**
 * Runs the server of one process tree: told everything on standard input, ready when it says so on standard output,
 * gone when standard input ends. The kernel closes that however the parent ends, also by SIGKILL.
 */
export async function runLocal({ stdin, env, say, complain, exit, onSignal }: LocalProcess): Promise<void> {
  let server: InstrServer | undefined;
  let start: LocalStart | undefined;
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    if (start) removeSocket(start.socket);
    setTimeout(() => exit(0), END_WITHIN_MS);
    // Not a clean end: whoever is still connected has gone, and threads end with the process.
    void (server?.core.flush() ?? Promise.resolve()).catch(() => undefined).then(() => exit(0));
  };
  const serve = async (told: LocalStart): Promise<void> => {
    try {
      server = await open(told, env);
      if (!isEnding) say(JSON.stringify({ ready: true }));
    } catch (error) {
      complain(`instr-server cannot start: ${messageOf(error)}`);
      exit(1);
    }
  };
  onSignal('SIGTERM', end);
  // A terminal sends these to all of its processes: the app may go on for a while, and needs its server meanwhile.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) onSignal(signal, () => undefined);
  stdin.on('close', end);
  stdin.on('error', end);
  let line = '';
  for await (const chunk of stdin) {
    // What follows the first line means nothing yet; it is read so that the end is seen.
    if (start) continue;
    line += String(chunk);
    const newline = line.indexOf('\n');
    if (newline === -1 && line.length <= MAX_LINE) continue;
    try {
      start = readStart(line.slice(0, newline === -1 ? line.length : newline));
      line = '';
      // Not waited for: standard input may end meanwhile.
      void serve(start);
    } catch (error) {
      complain(`instr-server cannot start: ${messageOf(error)}`);
      exit(1);
      return;
    }
  }
  end();
}

async function open(start: LocalStart, env: Environment): Promise<InstrServer> {
  const { socket, token, privateKey, extensions, sourceRoots, pollIntervalMs, storeFolder } = start;
  const options: InstrServerOptions = {
    extensions,
    privateKey,
    // One token for the tree: whoever has it is the tree.
    tokens: [{ token, role: ['agent', 'publisher', 'reader'] }],
    sourceRoots,
    pollIntervalMs,
    watch: true,
  };
  const server =
    storeFolder === undefined
      ? await openByDefault(options, env)
      : await createInstrServer({ ...options, storeFolder: storeFolder ?? undefined });
  try {
    await server.listen({ socket });
    await warmUp(socket, token);
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** Where the home folder cannot be written, as in many containers, nothing is kept for the next start. */
async function openByDefault(options: InstrServerOptions, env: Environment): Promise<InstrServer> {
  try {
    return await createInstrServer({ ...options, storeFolder: defaultStore(env) });
  } catch (error) {
    if (!(error instanceof InstrServerError) || error.code !== 'DT_ERR_SERVER_STORE') throw error;
    return await createInstrServer(options);
  }
}

/**
 * Asks itself once, for nothing. The first request of a process takes ten times as long as the next, and the agent's
 * has a deadline that its start has not.
 */
function warmUp(socketPath: string, token: string): Promise<void> {
  return new Promise((resolve) => {
    const headers = { authorization: `Bearer ${token}` };
    const asked = request(
      { socketPath, path: '/v1/has', method: 'POST', headers, agent: false },
      (response) => response.resume().on('close', resolve),
    );
    asked.on('error', () => resolve());
    asked.end(JSON.stringify({ service: 'instr-server', files: [] }));
  });
}

/** The next tree of this user starts warm. */
function defaultStore(env: Environment): string {
  return join(env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache'), 'distrace', 'instr-server');
}

/** At once, before anything that takes time: the next one must not find it. */
function removeSocket(socket: string): void {
  try {
    unlinkSync(socket);
  } catch {
    // Not there yet, or not any more.
  }
  try {
    // Only when it is empty: it may be anybody's folder.
    rmdirSync(dirname(socket));
  } catch {
    // Somebody has put something there.
  }
}

function readStart(line: string): LocalStart {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    value = undefined;
  }
  const { socket, token, privateKey, extensions } = (value ?? {}) as Partial<
    Record<keyof LocalStart, unknown>
  >;
  const isGood =
    [socket, token, privateKey].every((text) => typeof text === 'string' && text !== '') &&
    Array.isArray(extensions) &&
    extensions.every((name) => typeof name === 'string');
  if (isGood) return value as LocalStart;
  throw new InstrServerError(
    'DT_ERR_SERVER_OPTION',
    'With --local, standard input must begin with a line of JSON { socket, token, privateKey, extensions }, got something else. The agent writes it; start a server by hand without --local.',
  );
}
