import { appendFileSync, constants, mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_LEVELS } from './args/settings.js';
import type { LogLevel } from './args/settings.js';
import { AgentError, reasonOf } from './errors.js';

/** The agent's own words. Never on standard output, never an exception. */
export interface Log {
  /** The text of these two is made only where it is shown. */
  trace(text: () => string): void;
  debug(text: () => string): void;
  info(text: string): void;
  /**
   * Standard error gets the first warning about each matter; a log file gets each. All that is about the server is one
   * matter, the default.
   */
  warn(error: unknown, about?: string): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly dir: string | undefined;
  /** Workers stay silent on standard error about what their main thread has said. */
  readonly quiet?: boolean;
}

const SERVER = '';

/** An extension may have hundreds of interceptors, and a fault of all of them. */
const MAX_MATTERS = 20;

export function makeLog({ level, dir, quiet = false }: LogOptions): Log {
  const warned = new Set(quiet ? [SERVER] : []);
  const shows = (of: LogLevel) => LOG_LEVELS.indexOf(of) >= LOG_LEVELS.indexOf(level) && level !== 'off';
  const write = (of: LogLevel, text: string, about = SERVER) => {
    if (!shows(of)) return;
    if (dir !== undefined) toFile(dir, `${new Date().toISOString()} ${of} ${text}\n`);
    else if (of !== 'warn') toStandardError(`distrace ${of}: ${text}\n`);
    if (of === 'warn' && !warned.has(about) && warned.size < MAX_MATTERS) {
      warned.add(about);
      toStandardError(`distrace: ${text}\n`);
    }
  };
  return {
    trace: (text) => quietly(() => shows('trace') && write('trace', text())),
    debug: (text) => quietly(() => shows('debug') && write('debug', text())),
    info: (text) => quietly(() => write('info', text)),
    warn: (error, about) =>
      quietly(() =>
        write(
          'warn',
          error instanceof AgentError ? `${error.code}: ${reasonOf(error)}` : reasonOf(error),
          about,
        ),
      ),
  };
}

/** The app may have replaced what is used here; it is called where nothing may be thrown. */
function quietly(say: () => unknown): void {
  try {
    say();
  } catch {
    // A line is lost.
  }
}

/** Past `process.stderr`: making that stream would change what the app finds, and a full pipe must not throw. */
function toStandardError(text: string): void {
  try {
    writeSync(2, text);
  } catch {
    // Closed, or full and non-blocking: a line is lost.
  }
}

/** Never through a link: whoever else may write to the folder knows the file's name beforehand. */
const APPEND = constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0);

function toFile(dir: string, text: string): void {
  try {
    mkdirSync(dir, { recursive: true });
    appendFileSync(join(dir, `distrace-agent-${process.pid}.log`), text, { flag: APPEND as never });
  } catch {
    // A log that cannot be written must not stop the app.
  }
}
