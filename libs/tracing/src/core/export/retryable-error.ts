/** Says that a batch failed for a reason that may pass: no connection, no time, "come later". Exporters throw it
 * from `send`; the {@link ExportProcessor} then tries the same spans again. */
export class RetryableError extends Error {
  /** How long the other side asked to wait, milliseconds. */
  readonly retryAfterMs?: number;

  constructor(
    message: string,
    { cause, retryAfterMs }: { readonly cause?: unknown; readonly retryAfterMs?: number } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RetryableError';
    this.retryAfterMs = retryAfterMs;
  }
}
