/** Why a request was refused; each has a row in docs/reference/errors.md. */
export type ProblemCode =
  | 'DT_ERR_VIEWER_BODY_ENCODING'
  | 'DT_ERR_VIEWER_BODY_GZIP'
  | 'DT_ERR_VIEWER_BODY_SIZE'
  | 'DT_ERR_VIEWER_BODY_START'
  | 'DT_ERR_VIEWER_BODY_TYPE'
  | 'DT_ERR_VIEWER_BUSY'
  | 'DT_ERR_VIEWER_CLEAR'
  | 'DT_ERR_VIEWER_HOST'
  | 'DT_ERR_VIEWER_INTERNAL'
  | 'DT_ERR_VIEWER_ORIGIN'
  | 'DT_ERR_VIEWER_PARAMETER'
  | 'DT_ERR_VIEWER_PATH'
  | 'DT_ERR_VIEWER_TRACE_ID';

/** A request that gets no answer but this one. The message says the rule, what came and what to do. */
export class ViewerProblem extends Error {
  override readonly name = 'ViewerProblem';
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
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text);
}
