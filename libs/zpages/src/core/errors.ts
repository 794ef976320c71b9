/**
 * Bad options at start-up. The message says the rule, what came and what to do; `code` (`DT_ERR_ZPAGES_…`) never
 * changes once released and is listed in docs/reference/errors.md.
 */
export class ZpagesError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ZpagesError';
    this.code = code;
  }
}
