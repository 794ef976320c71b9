import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AgentError, reasonOf } from '../errors.js';
import { exposureOf } from './exposure.js';

/** Files of a folder that only this user can read or write. Reading gives undefined for what is not there. */
export interface PrivateFolder {
  read(name: string): Buffer | undefined;
  /** Whole or not at all: a reader never sees half of it. */
  write(name: string, content: string | Uint8Array): void;
  /** Adds a line; does nothing once the file has grown past 64 MiB. */
  append(name: string, line: string): void;
  /** Removes files that were not written for longer than `maxAgeMs` says; those of which it says nothing stay. */
  sweep(maxAgeMs: (name: string) => number | undefined): void;
}

const MAX_APPENDED_BYTES = 64 * 1024 * 1024;

/** `$XDG_CACHE_HOME/distrace/agent`, or `.cache/distrace/agent` in the user's home. */
export function defaultCacheDir(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_CACHE_HOME'];
  return join(
    base !== undefined && base.startsWith('/') ? base : join(homedir(), '.cache'),
    'distrace',
    'agent',
  );
}

/**
 * Opens the folder, making it with mode 0700. Throws `DT_ERR_AGENT_CACHE_DIR` when it is a link, of another user, or
 * open to others, or when others could put another folder in its place: what stands in it is run, V8's compiled form
 * of the bundle without a signature, so whoever can write there could put code into this process.
 */
export function openPrivateFolder(path: string): PrivateFolder {
  let folder: string;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    checkPrivate(path);
    // Links on the way there are followed once: what they point to later does not matter.
    folder = realpathSync(path);
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError(
      'DT_ERR_AGENT_CACHE_DIR',
      `cache_dir must be a folder that can be written, got ${JSON.stringify(path)}: ${reasonOf(error)}; nothing is kept`,
      { cause: error },
    );
  }
  return {
    read: (name) => readOwn(join(folder, name)),
    write: (name, content) => replaceFile(join(folder, name), content),
    append: (name, line) => appendLine(join(folder, name), line),
    sweep: (maxAgeMs) => sweepFolder(folder, maxAgeMs),
  };
}

function checkPrivate(path: string): void {
  const wrong = lstatSync(path).isSymbolicLink() ? `a link at ${JSON.stringify(path)}` : exposureOf(path);
  if (wrong === undefined) return;
  throw new AgentError(
    'DT_ERR_AGENT_CACHE_DIR',
    `cache_dir must be a folder of this user with mode 700 that nobody else can replace, got ${wrong}; ` +
      'nothing is kept; set cache_dir=… to one that is',
  );
}

/** Files of others may be left from a time when the folder was open; who has one open can still change it. */
function readOwn(path: string): Buffer | undefined {
  try {
    const stat = lstatSync(path);
    const isOwn =
      process.getuid === undefined || (stat.uid === process.getuid() && (stat.mode & 0o022) === 0);
    return stat.isFile() && isOwn ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function appendLine(path: string, line: string): void {
  try {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat !== undefined && (!stat.isFile() || stat.size > MAX_APPENDED_BYTES)) return;
    appendFileSync(path, line, { mode: 0o600 });
  } catch {
    // As below.
  }
}

function sweepFolder(folder: string, maxAgeMs: (name: string) => number | undefined): void {
  try {
    for (const name of readdirSync(folder)) {
      const most = maxAgeMs(name);
      if (most === undefined) continue;
      const path = join(folder, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat?.isFile() === true && Date.now() - stat.mtimeMs > most) unlinkSync(path);
    }
  } catch {
    // Another process sweeps as well.
  }
}

let written = 0;

function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}-${(written += 1)}-${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, path);
  } catch {
    // A full disk or a folder that went away costs the copy, nothing else.
    try {
      unlinkSync(temporary);
    } catch {
      // It was never made.
    }
  }
}
