import { ContractError } from './contract-error.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a value is a UUID in its canonical lower case, so it is safe as a file name and unique as a key. */
export function isTaskId(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

/** Reads the fields of one message; every failure names the contract, the rule and what came. */
export class FieldReader {
  readonly #contract: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(contract: string, value: unknown) {
    this.#contract = contract;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ContractError(contract, 'the message must be a JSON object', value);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    return this.#fields[name] !== undefined;
  }

  raw(name: string): unknown {
    return this.#fields[name];
  }

  taskId(name: string): string {
    const value = this.#fields[name];
    if (!isTaskId(value)) this.fail(`${name} must be a lower-case UUID`, value);
    return value;
  }

  text(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string') this.fail(`${name} must be a string`, value);
    return value;
  }

  count(name: string): number {
    const value = this.#fields[name];
    if (!isCount(value)) this.fail(`${name} must be a whole number of at least 0`, value);
    return value;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T {
    const value = this.#fields[name];
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) this.fail(`${name} must be one of: ${allowed.join(', ')}`, value);
    return found;
  }

  isoTime(name: string): string {
    const value = this.#fields[name];
    if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) {
      this.fail(`${name} must be an ISO 8601 time`, value);
    }
    return value;
  }

  wordCounts(name: string): readonly WordCount[] {
    const value = this.#fields[name];
    if (!Array.isArray(value) || !value.every((entry) => isWordCount(entry))) {
      this.fail(`${name} must be a list of [word, count] pairs`, value);
    }
    return value;
  }

  private fail(rule: string, received: unknown): never {
    throw new ContractError(this.#contract, rule, received);
  }
}

/** A word and how often it came. */
export type WordCount = readonly [word: string, count: number];

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isWordCount(value: unknown): value is WordCount {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'string' && isCount(value[1]);
}
