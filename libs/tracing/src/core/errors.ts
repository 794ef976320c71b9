/** What a {@link DistraceError} can carry besides its text. */
export interface DistraceErrorOptions {
  readonly cause?: unknown;
  /** The values the message speaks of, for programs. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * An error of Distrace's own: bad options at start-up, or a call that breaks a rule. The message says the
 * rule, what came and what to do; `code` (`DT_ERR_…`) never changes once released and is listed in
 * docs/reference/errors.md.
 */
export class DistraceError extends Error {
  readonly code: string;
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: DistraceErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DistraceError';
    this.code = code;
    this.fields = options.fields ?? {};
  }
}
