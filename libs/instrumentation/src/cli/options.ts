import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { readConnection } from './server/connection.js';

/** For options that hold a text: an empty one is a variable of the shell that was not set. */
export function text(value: string): string {
  if (value.trim() !== '') return value;
  throw new InvalidArgumentError('It must not be empty.');
}

/** For options that may be given again. */
export function several(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, text(value)];
}

/** For the address of a server. */
export function connection(value: string): string {
  readConnection(value);
  return value;
}

const MOST_DAYS = 36_500;

/** For a span of time. */
export function days(value: string): number {
  const number = Number(value);
  if (number > 0 && number <= MOST_DAYS) return number;
  throw new InvalidArgumentError(`It must be a number above 0, at most ${MOST_DAYS}.`);
}

/** Refuses a command without these options. Commander's own check would hide that another was misspelt. */
export function needs(command: Command, ...names: readonly string[]): Command {
  return command.hook('preAction', (_, asked) => {
    for (const option of asked.options) {
      const name = option.attributeName();
      if (!names.includes(name) || asked.getOptionValue(name) !== undefined) continue;
      asked.error(`required option '${option.flags}' not specified`);
    }
  });
}
