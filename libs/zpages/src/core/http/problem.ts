/** The codes of what a page answers to a request it cannot serve; each has a row in docs/reference/errors.md. */
export type ProblemCode =
  | 'DT_ERR_ZPAGES_ANSWER_SIZE'
  | 'DT_ERR_ZPAGES_BUCKET'
  | 'DT_ERR_ZPAGES_DENIED'
  | 'DT_ERR_ZPAGES_ESCAPE'
  | 'DT_ERR_ZPAGES_HOST'
  | 'DT_ERR_ZPAGES_INTERNAL'
  | 'DT_ERR_ZPAGES_METHOD'
  | 'DT_ERR_ZPAGES_NAME_UNKNOWN'
  | 'DT_ERR_ZPAGES_PAGE_UNKNOWN'
  | 'DT_ERR_ZPAGES_PARAMETER'
  | 'DT_ERR_ZPAGES_TRACE_UNKNOWN'
  | 'DT_ERR_ZPAGES_URL_LENGTH';

/**
 * A request that gets no page: thrown by a page's `render`, answered in the format that was asked for with
 * the same message in each. The message says the rule, what came and what to do; it holds nothing secret.
 */
export class ZpagesProblem extends Error {
  readonly status: number;
  readonly code: ProblemCode;

  constructor(status: number, code: ProblemCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'ZpagesProblem';
    this.status = status;
    this.code = code;
  }
}

/** A piece of what came, short enough to repeat in a message. */
export function quoted(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`;
}
