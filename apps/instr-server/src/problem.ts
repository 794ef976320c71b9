/** Why a request was refused; each has a row in docs/reference/errors.md. */
export type ProblemCode =
  | 'DT_ERR_SERVER_BODY'
  | 'DT_ERR_SERVER_BODY_ENCODING'
  | 'DT_ERR_SERVER_BODY_SIZE'
  | 'DT_ERR_SERVER_BUSY'
  | 'DT_ERR_SERVER_FORBIDDEN'
  | 'DT_ERR_SERVER_HASH'
  | 'DT_ERR_SERVER_HOST'
  | 'DT_ERR_SERVER_INTERNAL'
  | 'DT_ERR_SERVER_PACK'
  | 'DT_ERR_SERVER_PATH'
  | 'DT_ERR_SERVER_PROTOCOL'
  | 'DT_ERR_SERVER_RATE'
  | 'DT_ERR_SERVER_RELOAD'
  | 'DT_ERR_SERVER_TOKEN'
  | 'DT_ERR_SERVER_UNKNOWN';

/** A request that gets no answer but this one. The message says the rule, what came and what to do. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  readonly status: number;
  /** Never changes once released. */
  readonly code: ProblemCode;
  /** Further headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: ProblemCode,
    message: string,
    { headers = {}, ...options }: ErrorOptions & { readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const MAX_SHOWN = 80;

/** What came, fit for a message: in quotes, shortened, control characters escaped. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : describe(value);
  const shown = JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
  return typeof value === 'string' ? shown : text;
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value).slice(0, MAX_SHOWN)}`;
}
