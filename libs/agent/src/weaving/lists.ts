import type { EditList, Pack } from '@distrace/instrumentation/wire';

/** Null: not marked, run the original. */
export type Decision = EditList | null;

/** A decision and who made it. */
export interface Answer {
  readonly decision: Decision;
  /** `asked`: in this process, for the same file loaded before. */
  readonly from: 'pack' | 'asked' | 'kept' | 'server';
  /** Why a file is left as it is, where that is a refusal. */
  readonly why?: string;
}

/** Of a file key: a SHA-256 and a space come before the format and the file. */
const CONTENT_CHARS = 65;

/** What is known of files, by file key: the pack first, then what was learnt since. */
export class Decisions {
  #pack: Pack['files'] = {};
  #learnt = new Map<string, Answer>();
  /** Files of the pack whatever their content; made when it is asked for. */
  #names: ReadonlySet<string> | undefined;

  /** Undefined: not known. */
  get(key: string): Answer | undefined {
    const learnt = this.#learnt.get(key);
    if (learnt !== undefined) return { ...learnt, from: 'asked' };
    const decision = Object.hasOwn(this.#pack, key) ? this.#pack[key] : undefined;
    return decision === undefined ? undefined : { decision, from: 'pack' };
  }

  /** Whether the pack has the file with another content than the key says. */
  hasOther(key: string): boolean {
    this.#names ??= new Set(Object.keys(this.#pack).map((one) => one.slice(CONTENT_CHARS)));
    return this.#names.has(key.slice(CONTENT_CHARS));
  }

  learn(key: string, answer: Answer): void {
    this.#learnt.set(key, answer);
  }

  /** What other rules decided counts no more. */
  replace(pack: Pack | undefined): void {
    this.#pack = pack?.files ?? {};
    this.#learnt = new Map();
    this.#names = undefined;
  }
}
