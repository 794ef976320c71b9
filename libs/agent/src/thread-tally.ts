import type { AgentFacts } from '@distrace/instrumentation/wire';

/** What the server is told that a thread, or all of them together, have done. */
export interface Done extends Pick<AgentFacts, 'woven' | 'missed'> {
  /** What hooks threw, by interceptor. */
  readonly hookErrors: Readonly<Record<string, number>>;
}

/** What workers have done, from them to the main thread without a message: memory that they share. */
export interface Tally {
  readonly board: SharedArrayBuffer;
  /** Interceptors in the order of their places on the board. */
  readonly names: string[];
}

const WOVEN = 0;
const MISSED = 1;
const FIRST_NAME = 2;

/** Main thread: room for so many interceptors, of later rules as well; errors of others are left out. */
export function makeTally(size = 1000): Tally {
  return { board: new SharedArrayBuffer((FIRST_NAME + size) * Int32Array.BYTES_PER_ELEMENT), names: [] };
}

/** Main thread: gives interceptors their places; those of rules before keep theirs, as workers run by them. */
export function givePlaces({ names }: Tally, interceptors: readonly string[]): void {
  const known = new Set(names);
  for (const name of interceptors) if (!known.has(name)) names.push(name);
}

/** Worker: adds what it has done since `told`. */
export function addToTally({ board, names }: Tally, done: Done, told: Done | undefined): void {
  const places = new Int32Array(board);
  Atomics.add(places, WOVEN, done.woven - (told?.woven ?? 0));
  Atomics.add(places, MISSED, done.missed - (told?.missed ?? 0));
  const before = new Map(Object.entries(told?.hookErrors ?? {}));
  for (const [name, errors] of Object.entries(done.hookErrors)) {
    const i = names.indexOf(name);
    if (i === -1 || FIRST_NAME + i >= places.length) continue;
    Atomics.add(places, FIRST_NAME + i, errors - (before.get(name) ?? 0));
  }
}

/** Main thread: its own and what all workers have done, those that have ended as well. */
export function withThreads(own: Done, { board, names }: Tally): Done {
  const places = new Int32Array(board);
  const errors = new Map(Object.entries(own.hookErrors));
  for (const [i, name] of names.entries()) {
    const more = FIRST_NAME + i < places.length ? Atomics.load(places, FIRST_NAME + i) : 0;
    if (more > 0) errors.set(name, (errors.get(name) ?? 0) + more);
  }
  return {
    woven: own.woven + Atomics.load(places, WOVEN),
    missed: own.missed + Atomics.load(places, MISSED),
    hookErrors: Object.fromEntries(errors),
  };
}
