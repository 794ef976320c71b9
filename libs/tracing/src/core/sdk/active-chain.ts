import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

/** The processors of the SDK that Distrace started, and the resource its spans have. */
export interface ActiveChain {
  readonly processors: readonly SpanProcessor[];
  /** Undefined until the first span. */
  resource(): ReadableSpan['resource'] | undefined;
}

const CHAIN_KEY = Symbol.for('distrace.sdk.chain');
const shared = globalThis as { [CHAIN_KEY]?: ActiveChain | undefined };

/** The chain of the running SDK, also when another copy of this library started it. */
export function activeChain(): ActiveChain | undefined {
  return shared[CHAIN_KEY];
}

export function setActiveChain(chain: ActiveChain | undefined): void {
  shared[CHAIN_KEY] = chain;
}
