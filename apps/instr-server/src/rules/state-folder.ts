import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@distrace/nest-server';
import { readJsonFile } from '../store/json-file.js';
import { isRuleStates, merged, type RuleState } from './rule-state.js';

/** Options of {@link StateFolder}. */
export interface StateFolderOptions {
  /** Undefined: nothing outlives the process. */
  readonly folder: string | undefined;
  readonly warn: (message: string) => void;
}

interface Generation {
  readonly number: number;
  readonly states: readonly RuleState[];
}

// Of each, whoever has just listed the folder may still be reading.
const GENERATIONS_KEPT = 8;
const MOST_ATTEMPTS = 50;

/**
 * The states of rule sets, which servers that share a store change one after the other: each change is a file of its
 * own, named by the number after that of the state it was made from. A link cannot be made twice, so of two servers
 * at the same number one begins again, and no lock is left behind by a server that was killed.
 */
export class StateFolder {
  readonly #options: StateFolderOptions;
  /** What this server knows, also where the folder cannot be written. */
  #known: readonly RuleState[] = [];

  constructor(options: StateFolderOptions) {
    this.#options = options;
  }

  /** Newest first. */
  async read(): Promise<readonly RuleState[]> {
    return (await this.#latest()).states;
  }

  /** Keeps what `change` makes of the latest states; none of them for no change. May call it several times. */
  async change(change: (states: readonly RuleState[]) => RuleState): Promise<RuleState> {
    const { folder, warn } = this.#options;
    if (folder === undefined) {
      // Nothing is awaited in between, so no change of this process comes in between.
      const state = change(this.#known);
      this.#known = merged([state], this.#known);
      return state;
    }
    for (let attempt = 1; ; attempt += 1) {
      const { number, states } = await this.#latest();
      const state = change(states);
      if (states.includes(state)) return state;
      const next = merged([state], states);
      try {
        if (!(await this.#put(folder, number + 1, next))) {
          if (attempt < MOST_ATTEMPTS) continue;
          throw new Error('other servers change it all the time');
        }
      } catch (error) {
        warn(`The rules' serial and switches cannot be kept: ${messageOf(error)}`);
      }
      this.#known = next;
      return state;
    }
  }

  async #latest(): Promise<Generation> {
    const { folder } = this.#options;
    if (folder === undefined) return { number: 0, states: this.#known };
    const numbers = await numbersIn(folder);
    for (const number of numbers) {
      const states = await readJsonFile(fileOf(folder, number));
      if (!isRuleStates(states)) continue;
      this.#known = merged(states, this.#known);
      break;
    }
    // Of the newest also when it was spoilt and an older one has been read: the next must not be of its number.
    return { number: numbers[0] ?? 0, states: this.#known };
  }

  /** False when another server has made this one. */
  async #put(folder: string, number: number, states: readonly RuleState[]): Promise<boolean> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const beside = join(folder, `${randomBytes(6).toString('hex')}.new`);
    try {
      await writeFile(beside, JSON.stringify(states), { mode: 0o600 });
      await link(beside, fileOf(folder, number));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await rm(beside, { force: true });
    }
    const numbers = await numbersIn(folder);
    // Whoever slept for so long has put a number that was cleared away: nobody reads it.
    if (numbers.indexOf(number) >= GENERATIONS_KEPT) return false;
    await Promise.all(numbers.slice(GENERATIONS_KEPT).map((old) => rm(fileOf(folder, old), { force: true })));
    return true;
  }
}

function fileOf(folder: string, number: number): string {
  return join(folder, `${number}.json`);
}

/** Newest first. */
async function numbersIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .flatMap((name) => (/^\d{1,15}\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
    .toSorted((a, b) => b - a);
}
