/** What can be wrong at start-up or with the file of stored spans; each has a row in docs/reference/errors.md. */
export type ViewerErrorCode =
  'DT_ERR_VIEWER_CONFIG' | 'DT_ERR_VIEWER_FILE' | 'DT_ERR_VIEWER_FILE_WRITE' | 'DT_ERR_VIEWER_PORT';

/** The viewer cannot start or cannot save. */
export class ViewerError extends Error {
  override readonly name = 'ViewerError';
  /** Never changes once released. */
  readonly code: ViewerErrorCode;

  constructor(code: ViewerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
