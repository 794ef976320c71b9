// An exporter may come with a copy of this library of its own, so the class alone does not tell.
const BRAND = Symbol.for('distrace.RetryableError');

/** Says that a batch failed for a reason that may pass: no connection, no time, "come later". Exporters throw it
 * from `send`; the {@link ExportProcessor} then tries the same spans again, but for those that `send` has told
 * to be sent or dropped. */
export class RetryableError extends Error {
  readonly [BRAND] = true;
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

/** What a {@link RetryableError} of this or another copy of the library asks for; undefined for anything else.
 * Never throws. */
export function retryWish(thrown: unknown): { readonly retryAfterMs: number } | undefined {
  try {
    if (typeof thrown !== 'object' || thrown === null) return undefined;
    const { [BRAND]: brand, retryAfterMs } = thrown as { [BRAND]?: unknown; retryAfterMs?: unknown };
    if (brand !== true) return undefined;
    return { retryAfterMs: typeof retryAfterMs === 'number' && retryAfterMs > 0 ? retryAfterMs : 0 };
  } catch {
    return undefined;
  }
}
