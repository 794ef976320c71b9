import { IntrinsicException } from '@nestjs/common';

/**
 * A message that breaks its contract. No retry can mend it, so it goes to the dead letters.
 *
 * Intrinsic, so that Nest does not log it with a stack: the ack interceptor writes its one line.
 */
export class ContractError extends IntrinsicException {
  /** Stable code for searching: `DT_ERR_CONTRACT`. */
  readonly code = 'DT_ERR_CONTRACT';
  override readonly name = 'ContractError';

  /**
   * @param contract Name of the contract, e.g. `TaskMessage`.
   * @param rule What must hold, e.g. `id must be a UUID`.
   * @param received What came; it is described, never quoted in full.
   */
  constructor(
    readonly contract: string,
    readonly rule: string,
    received: unknown,
  ) {
    super(`${contract}: ${rule}, instead got ${describe(received)}`);
  }
}

const MAX_QUOTED_CHARS = 60;

function describe(value: unknown): string {
  if (typeof value === 'string') {
    const quoted = value.slice(0, MAX_QUOTED_CHARS);
    return value.length > MAX_QUOTED_CHARS ? `'${quoted}…' (${value.length} characters)` : `'${quoted}'`;
  }
  if (value === null) return 'null';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  return String(value);
}
