import type { EditList, Pack } from '@distrace/instrumentation/wire';

/** Null: not marked, run the original. */
export type Decision = EditList | null;

/** What is known of files, by file key: the pack first, then what was learnt since. */
export class Decisions {
  #pack: Pack['files'] = {};
  #learnt = new Map<string, Decision>();

  /** Undefined: not known. */
  get(key: string): Decision | undefined {
    const learnt = this.#learnt.get(key);
    if (learnt !== undefined) return learnt;
    return Object.hasOwn(this.#pack, key) ? this.#pack[key] : undefined;
  }

  learn(key: string, decision: Decision): void {
    this.#learnt.set(key, decision);
  }

  /** What other rules decided counts no more. */
  replace(pack: Pack | undefined): void {
    this.#pack = pack?.files ?? {};
    this.#learnt = new Map();
  }
}
