/** The value of a typed binary annotation. */
export type BinaryValue = string | number | boolean;

/** What may travel with a trace in one hop, before it costs more than it tells. */
export const MAX_CARRIED_FLAGS = 32;
export const MAX_FLAG_LENGTH = 64;
export const MAX_CARRIED_ANNOTATION_BYTES = 4096;

const NONE: ReadonlySet<string> = new Set();
const NOTHING: ReadonlyMap<string, BinaryValue> = new Map();

/**
 * What goes along with a trace to the next node besides its ids: flags, which are never exported, and the
 * binary annotations that were marked as carried. Nested spans start with a copy, so a change is seen below
 * the span that made it and nowhere else. One exists for every handled message: it is empty until first
 * used, and its parts are replaced, never changed in place, so that copies share them.
 */
export class Carried {
  #flags: ReadonlySet<string> = NONE;
  #annotations: ReadonlyMap<string, BinaryValue> = NOTHING;

  /** Adds a flag; false when it is too long, empty, or one too many. */
  addFlag(flag: string): boolean {
    if (this.#flags.has(flag)) return true;
    if (flag.length === 0 || flag.length > MAX_FLAG_LENGTH) return false;
    if (this.#flags.size >= MAX_CARRIED_FLAGS) return false;
    this.#flags = new Set(this.#flags).add(flag);
    return true;
  }

  removeFlag(flag: string): boolean {
    if (!this.#flags.has(flag)) return false;
    const flags = new Set(this.#flags);
    flags.delete(flag);
    this.#flags = flags;
    return true;
  }

  get flags(): ReadonlySet<string> {
    return this.#flags;
  }

  /** Sets a carried annotation; false when all of them together would exceed the cap. */
  setAnnotation(key: string, value: BinaryValue): boolean {
    return this.setAnnotations([[key, value]]);
  }

  /** Sets several carried annotations, or none of them (nor what they were before) when they would exceed the cap. */
  setAnnotations(entries: readonly (readonly [string, BinaryValue])[]): boolean {
    const next = new Map(this.#annotations);
    for (const [key, value] of entries) next.set(key, value);
    if (Buffer.byteLength(JSON.stringify(Object.fromEntries(next))) <= MAX_CARRIED_ANNOTATION_BYTES) {
      this.#annotations = next;
      return true;
    }
    // What does not fit must not leave an older value in its place.
    const kept = new Map(this.#annotations);
    for (const [key] of entries) kept.delete(key);
    this.#annotations = kept;
    return false;
  }

  get annotations(): ReadonlyMap<string, BinaryValue> {
    return this.#annotations;
  }

  get isEmpty(): boolean {
    return this.#flags.size === 0 && this.#annotations.size === 0;
  }

  copy(): Carried {
    const copy = new Carried();
    copy.#flags = this.#flags;
    copy.#annotations = this.#annotations;
    return copy;
  }
}
