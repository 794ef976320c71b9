/** What can be wrong at start-up or with the server's files; each has a row in docs/reference/errors.md. */
export type InstrServerErrorCode =
  | 'DT_ERR_SERVER_EXTENSION'
  | 'DT_ERR_SERVER_KEY'
  | 'DT_ERR_SERVER_LISTEN'
  | 'DT_ERR_SERVER_OPTION'
  | 'DT_ERR_SERVER_STORE';

/** The instrumentation server cannot start. */
export class InstrServerError extends Error {
  override readonly name = 'InstrServerError';
  /** Never changes once released. */
  readonly code: InstrServerErrorCode;

  constructor(code: InstrServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
