import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AgentError, reasonOf } from '../errors.js';

/** Files of a folder that only this user can read or write. Reading gives undefined for what is not there. */
export interface PrivateFolder {
  read(name: string): Buffer | undefined;
  /** Whole or not at all: a reader never sees half of it. */
  write(name: string, content: string | Uint8Array): void;
  /** Adds a line; does nothing once the file has grown past 64 MiB. */
  append(name: string, line: string): void;
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
 * open to others: what stands in it is run, so whoever can write there could put code into this process.
 */
export function openPrivateFolder(path: string): PrivateFolder {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    checkPrivate(path);
  } catch (error) {
    if (error instanceof AgentError) throw error;
    throw new AgentError(
      'DT_ERR_AGENT_CACHE_DIR',
      `cache_dir must be a folder that can be written, got ${JSON.stringify(path)}: ${reasonOf(error)}; nothing is kept`,
      { cause: error },
    );
  }
  return {
    read: (name) => readOwn(join(path, name)),
    write: (name, content) => replaceFile(join(path, name), content),
    append: (name, line) => appendLine(join(path, name), line),
  };
}

function checkPrivate(path: string): void {
  const stat = lstatSync(path);
  const uid = process.getuid?.();
  const wrong = stat.isSymbolicLink()
    ? 'a link'
    : !stat.isDirectory()
      ? 'no folder'
      : uid !== undefined && stat.uid !== uid
        ? `a folder of user ${stat.uid}`
        : uid !== undefined && (stat.mode & 0o077) !== 0
          ? `a folder with mode ${(stat.mode & 0o777).toString(8)}`
          : undefined;
  if (wrong === undefined) return;
  throw new AgentError(
    'DT_ERR_AGENT_CACHE_DIR',
    `cache_dir must be a folder of this user with mode 700, got ${wrong} at ${JSON.stringify(path)}; nothing is kept`,
  );
}

function readOwn(path: string): Buffer | undefined {
  try {
    return lstatSync(path).isFile() ? readFileSync(path) : undefined;
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
