/** The value of a typed binary annotation. */
export type BinaryValue = string | number | boolean;

/** What may travel with a trace in one hop, before it costs more than it tells. */
export const MAX_CARRIED_FLAGS = 32;
export const MAX_FLAG_LENGTH = 64;
export const MAX_CARRIED_ANNOTATION_BYTES = 4096;

/**
 * What goes along with a trace to the next node besides its ids: flags, which are never exported, and the
 * binary annotations that were marked as carried. Nested spans start with a copy, so a change is seen below
 * the span that made it and nowhere else. Empty until first used: one exists for every handled message.
 */
export class Carried {
  #flags: Set<string> | undefined;
  #annotations: Map<string, BinaryValue> | undefined;

  /** Adds a flag; false when it is too long, empty, or one too many. */
  addFlag(flag: string): boolean {
    if (this.hasFlag(flag)) return true;
    if (flag.length === 0 || flag.length > MAX_FLAG_LENGTH) return false;
    if ((this.#flags?.size ?? 0) >= MAX_CARRIED_FLAGS) return false;
    (this.#flags ??= new Set()).add(flag);
    return true;
  }

  removeFlag(flag: string): boolean {
    return this.#flags?.delete(flag) ?? false;
  }

  hasFlag(flag: string): boolean {
    return this.#flags?.has(flag) ?? false;
  }

  get flags(): readonly string[] {
    return this.#flags === undefined ? [] : [...this.#flags];
  }

  /** Sets a carried annotation; false when all of them together would exceed the cap. */
  setAnnotation(key: string, value: BinaryValue): boolean {
    const next = new Map(this.#annotations).set(key, value);
    if (annotationBytes(next) > MAX_CARRIED_ANNOTATION_BYTES) return false;
    this.#annotations = next;
    return true;
  }

  getAnnotation(key: string): BinaryValue | undefined {
    return this.#annotations?.get(key);
  }

  get annotations(): ReadonlyMap<string, BinaryValue> {
    return this.#annotations ?? EMPTY;
  }

  get isEmpty(): boolean {
    return (this.#flags?.size ?? 0) === 0 && (this.#annotations?.size ?? 0) === 0;
  }

  copy(): Carried {
    const copy = new Carried();
    if (this.#flags !== undefined) copy.#flags = new Set(this.#flags);
    // Replaced on write, never changed in place: sharing the map is safe.
    copy.#annotations = this.#annotations;
    return copy;
  }
}

const EMPTY: ReadonlyMap<string, BinaryValue> = new Map();

function annotationBytes(annotations: ReadonlyMap<string, BinaryValue>): number {
  return Buffer.byteLength(JSON.stringify(Object.fromEntries(annotations)));
}
