import type { ProbeRecord } from '../wire/edit-list.js';
import type { Call } from './types.js';

/** One interceptor's view of one call. */
export class WovenCallView implements Call {
  state: unknown = undefined;
  readonly self: unknown;
  readonly args: ArrayLike<unknown>;
  readonly newTarget: unknown;
  readonly #probe: ProbeRecord;

  constructor(probe: ProbeRecord, self: unknown, args: ArrayLike<unknown>, newTarget: unknown) {
    this.#probe = probe;
    this.self = self;
    this.args = args;
    this.newTarget = newTarget;
  }

  get function(): string {
    return this.#probe.function;
  }

  get line(): number {
    return this.#probe.line;
  }
}
