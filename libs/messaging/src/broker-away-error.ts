/** The broker could not be reached, so a message was not sent. */
export class BrokerAwayError extends Error {
  /** Stable code for searching: `DT_ERR_BROKER_AWAY`. */
  readonly code = 'DT_ERR_BROKER_AWAY';
  override readonly name = 'BrokerAwayError';
}

/**
 * What Nest's client rejects with when it cannot connect, as an error: a string, or `{ err, url }` whose URL may
 * hold a password and would go into logs and traces.
 */
export function asBrokerAwayError(reason: unknown): BrokerAwayError {
  const cause = typeof reason === 'object' && reason !== null && 'err' in reason ? reason.err : reason;
  return new BrokerAwayError(`the broker is away: ${messageOf(cause)}`, { cause });
}

/** The text of what a connection failed with. */
export function messageOf(cause: unknown): string {
  if (!(cause instanceof Error))
    return String(cause)
      .replace(/^Error: /, '')
      .replace(/\.+$/, '');
  // The error of a host with several addresses has only a code.
  return cause.message || String((cause as { code?: unknown }).code ?? cause.name);
}
