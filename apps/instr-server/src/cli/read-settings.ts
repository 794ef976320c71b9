import { parseArgs } from 'node:util';
import { messageOf } from '@distrace/nest-server';
import { InstrServerError } from '../errors.js';
import { SETTINGS, variableOf, type SettingName } from './settings.js';

/** The environment, or a test's stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Both ends belong to it. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/** Settings as they were given, the command line before the environment. */
export class Settings {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(name: SettingName): string | undefined {
    return this.#values.get(name)?.trim() || undefined;
  }

  list(name: SettingName): readonly string[] {
    return (this.text(name) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  }

  /** @throws InstrServerError for what is no whole number, or outside its range. */
  number(name: SettingName, range?: Range): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,15}$/.test(value) ? Number(value) : NaN;
    if (range === undefined ? !Number.isNaN(number) : number >= range.least && number <= range.most) {
      return number;
    }
    throw refuse(name, `a whole number${range ? ` from ${range.least} to ${range.most}` : ''}`, value);
  }

  /** @throws InstrServerError for anything but true and false. */
  flag(name: SettingName): boolean {
    const value = this.text(name);
    if (value === undefined || value === 'false') return false;
    if (value === 'true') return true;
    throw refuse(name, 'true or false', value);
  }
}

/** Reads command line and environment. @throws InstrServerError for an option that is none. */
export function readSettings(argv: readonly string[], env: Environment): Settings {
  const values = new Map<string, string>();
  for (const { name } of SETTINGS) {
    const value = env[variableOf(name)];
    if (value !== undefined) values.set(name, value);
  }
  for (const [name, value] of Object.entries(parse(argv))) values.set(name, String(value));
  return new Settings(values);
}

function parse(argv: readonly string[]): Readonly<Record<string, unknown>> {
  const options = Object.fromEntries(
    SETTINGS.map(({ name, kind }) => [name, { type: kind === 'flag' ? 'boolean' : 'string' } as const]),
  );
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values;
  } catch (cause) {
    throw new InstrServerError(
      'DT_ERR_SERVER_OPTION',
      `The command line takes options of this server, got another: ${messageOf(cause)}${meant(argv)} --help lists them.`,
      { cause },
    );
  }
}

/** For the first option that is none: those that begin as it does. */
function meant(argv: readonly string[]): string {
  const known = new Set<string>(SETTINGS.map(({ name }) => name));
  const wrong = argv
    .map((word) => /^--([^=]+)/.exec(word)?.[1])
    .find((word) => word !== undefined && !known.has(word));
  const near = SETTINGS.filter(({ name }) => wrong !== undefined && name.slice(0, 3) === wrong.slice(0, 3));
  return near.length === 0 ? '' : ` (Did you mean ${near.map(({ name }) => `--${name}`).join(' or ')}?)`;
}

/** A setting that cannot be used. */
export function refuse(name: string, rule: string, received: string): InstrServerError {
  return new InstrServerError(
    'DT_ERR_SERVER_OPTION',
    `--${name} (${variableOf(name)}) must be ${rule}, instead got ${JSON.stringify(received)}. Change it or leave it out.`,
  );
}
