/** Another status than 200 and those that redirect. */
export class StatusError extends Error {
  readonly status: number;
  /** The server's own words, bounded and printable; empty when it said none. */
  readonly said: string;

  constructor(status: number, said = '') {
    super(`expected status 200, got ${status}${said === '' ? '' : `, ${said}`}`);
    this.name = 'StatusError';
    this.status = status;
    this.said = said;
  }
}

/** An answer of more bytes than are read. */
export class TooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`an answer has at most ${maxBytes} bytes, got more`);
    this.name = 'TooLargeError';
  }
}

/** What went wrong as plain values, for the port between two threads. */
export interface Failure {
  readonly message: string;
  readonly status?: number;
  readonly said?: string;
  /** The limit that was passed. */
  readonly maxBytes?: number;
}

/** Of anything that was thrown. */
export function failureOf(error: unknown, maxBytes: number): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof StatusError) return { message, status: error.status, said: error.said };
  return error instanceof TooLargeError ? { message, maxBytes } : { message };
}

/** The error again, on the other side. */
export function errorOf({ message, status, said, maxBytes }: Failure): Error {
  if (status !== undefined) return new StatusError(status, said);
  return maxBytes === undefined ? new Error(message) : new TooLargeError(maxBytes);
}
