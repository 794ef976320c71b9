import type { ServerResponse } from 'node:http';
import { turns } from './turns.js';
import type { Turns } from './turns.js';

/** Why work on a page ended early: all who asked for it are gone. */
export class NobodyWaits extends Error {}

interface Waiting<T> {
  readonly done: Promise<T>;
  join(response: ServerResponse): void;
}

/** Makes pages in the order they were asked for; requests that are alike and wait share one. */
export class PageQueue<T> {
  readonly #turns: Turns;
  readonly #notBegun = new Map<string, Waiting<T>>();
  #order = 0;

  constructor(of: Turns = turns) {
    this.#turns = of;
  }

  /**
   * What `make` gives, in its turn; or what it gives to an earlier request with this `key` that still waits for its
   * own. One that has begun is not shared: it may lack what happened since.
   */
  async take(key: string, response: ServerResponse, make: () => Promise<T>): Promise<T> {
    // Node has given the connection to an earlier answer, which its reader may never read.
    if (response.socket === null) await new Promise((resolve) => response.once('socket', resolve));
    if (response.destroyed) throw new NobodyWaits();
    const shared = this.#notBegun.get(key);
    const waiting = shared ?? this.#begin(key, make);
    waiting.join(response);
    const made = await waiting.done;
    // Also to send a page to a hundred readers at once would be felt.
    if (shared !== undefined) await this.#turns.next();
    return made;
  }

  #begin(key: string, make: () => Promise<T>): Waiting<T> {
    const gone = new AbortController();
    let readers = 0;
    const page = { order: ++this.#order, signal: gone.signal };
    const done = this.#turns.run(page, async () => {
      try {
        await this.#turns.next();
      } finally {
        this.#notBegun.delete(key);
      }
      return make();
    });
    const waiting: Waiting<T> = {
      done,
      join: (response) => {
        readers++;
        response.once('close', () => --readers === 0 && gone.abort(new NobodyWaits()));
      },
    };
    this.#notBegun.set(key, waiting);
    return waiting;
  }
}
