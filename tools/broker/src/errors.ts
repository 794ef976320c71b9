/** What can go wrong, as names to search for. README.md has a line for each. */
export const brokerErrorCodes = [
  'DT_ERR_AMQP_URL',
  'DT_ERR_AMQP_NO_ANSWER',
  'DT_ERR_AMQP_NOT_SPOKEN',
  'DT_ERR_AMQP_REFUSED',
  'DT_ERR_NO_BROKER',
  'DT_ERR_NODE_START',
  'DT_ERR_NODE_STOPPED',
  'DT_ERR_NODE_GONE',
  'DT_ERR_DOCKER',
  'DT_ERR_INSTALL',
  'DT_ERR_NO_FREE_PORT',
  'DT_ERR_GUARDIAN_FOLDER',
  'DT_ERR_GUARDIAN_PROCESS',
  'DT_ERR_GUARDIAN_GONE',
] as const;

/** One of `brokerErrorCodes`. */
export type BrokerErrorCode = (typeof brokerErrorCodes)[number];

/** Every failure of this package. The message says the rule, what came, and what to do; never a password. */
export class BrokerError extends Error {
  readonly code: BrokerErrorCode;

  constructor(code: BrokerErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'BrokerError';
    this.code = code;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
