/** A queue or exchange exists, but not as this release declares it. */
export class TopologyError extends Error {
  /** Stable code for searching: `DT_ERR_TOPOLOGY`. */
  readonly code = 'DT_ERR_TOPOLOGY';
  override readonly name = 'TopologyError';
}

const PRECONDITION_FAILED = 406;

/** A refused declaration in words that say what to do; other errors as they are. */
export function asTopologyError(error: unknown): unknown {
  if (!(error instanceof Error) || (error as { code?: unknown }).code !== PRECONDITION_FAILED) return error;
  return new TopologyError(
    `Queues and exchanges must be as this release declares them, instead got: ${error.message}. ` +
      'Delete that one once it is empty, or set another DISTRACE_QUEUE_PREFIX.',
    { cause: error },
  );
}
