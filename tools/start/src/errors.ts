/** What went wrong, as a name to search for. `README.md` has a line for each. */
export type StartErrorCode =
  | 'DT_ERR_START_OPTION'
  | 'DT_ERR_START_FILE'
  | 'DT_ERR_START_OUT'
  | 'DT_ERR_START_BUILD'
  | 'DT_ERR_START_BUILD_LOCK'
  | 'DT_ERR_START_APP_DIED'
  | 'DT_ERR_START_APP_NOT_READY'
  | 'DT_ERR_START_TASK'
  | 'DT_ERR_START_TRACE'
  | 'DT_ERR_START_ZIPKIN'
  | 'DT_ERR_START_INTERRUPTED';

/** Every failure of the runner: rule, what came, what to do. `exitCode` is what the process ends with. */
export class StartError extends Error {
  readonly code: StartErrorCode;
  readonly exitCode: number;

  constructor(
    code: StartErrorCode,
    message: string,
    { exitCode = 1, cause }: { readonly exitCode?: number; readonly cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.name = 'StartError';
    this.code = code;
    this.exitCode = exitCode;
  }
}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What a person is told: the code first, so that it can be looked up in docs/reference/errors.md. */
export function complaintOf(error: unknown): string {
  const code = error instanceof Error ? (error as { readonly code?: unknown }).code : undefined;
  const isOurs = typeof code === 'string' && code.startsWith('DT_ERR_');
  return isOurs ? `${code}: ${messageOf(error)}` : messageOf(error);
}
