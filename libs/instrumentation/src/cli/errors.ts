/** What the command says in one line and ends with `exitCode` for. */
export class CliError extends Error {
  readonly code: string;
  /** 1: it could not be done. 2: it was asked for wrongly. */
  readonly exitCode: 1 | 2;

  constructor(
    code: string,
    message: string,
    options: { readonly exitCode?: 1 | 2; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'CliError';
    this.code = code;
    this.exitCode = options.exitCode ?? 1;
  }
}

/** An error in one line, with its code where it has one. */
export function oneLine(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  const text = typeof message === 'string' ? message : String(error);
  const named = typeof code === 'string' && code.startsWith('DT_ERR_') ? `${code} ${text}` : text;
  return named.replace(/\s*\n\s*/g, ' ');
}
