import { appendFileSync, constants, mkdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { LOG_LEVELS } from './args/settings.js';
import type { LogLevel } from './args/settings.js';
import { AgentError, reasonOf } from './errors.js';

/** The agent's own words. Never on standard output, never an exception. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  /** Standard error gets the first warning of a process alone; a log file gets each. */
  warn(error: unknown): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly dir: string | undefined;
  /** Workers and children of a process that has warned already stay silent on standard error. */
  readonly quiet?: boolean;
}

export function makeLog({ level, dir, quiet = false }: LogOptions): Log {
  let warned = quiet;
  const shows = (of: LogLevel) => LOG_LEVELS.indexOf(of) >= LOG_LEVELS.indexOf(level) && level !== 'off';
  const write = (of: LogLevel, text: string) => {
    if (!shows(of)) return;
    if (dir !== undefined) toFile(dir, `${new Date().toISOString()} ${of} ${text}\n`);
    else if (of !== 'warn') toStandardError(`distrace ${of}: ${text}\n`);
    if (of === 'warn' && !warned) {
      warned = true;
      toStandardError(`distrace: ${text}\n`);
    }
  };
  return {
    debug: (text) => write('debug', text),
    info: (text) => write('info', text),
    warn: (error) =>
      write('warn', error instanceof AgentError ? `${error.code}: ${reasonOf(error)}` : reasonOf(error)),
  };
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
