/** What the wire's functions refuse with. `code` never changes once released: docs/reference/errors.md. */
export class WireError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WireError';
    this.code = code;
  }
}
