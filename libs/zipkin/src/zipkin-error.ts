/** What kind of rule a body broke; each has a row in docs/reference/errors.md. */
export type ZipkinErrorCode =
  'DT_ERR_SPANS_FORMAT' | 'DT_ERR_SPANS_JSON' | 'DT_ERR_SPANS_LIMIT' | 'DT_ERR_SPANS_VALUE';

/** A body of spans that cannot be read. The message says where, the rule, what came and what to do. */
export class ZipkinError extends Error {
  override readonly name = 'ZipkinError';
  /** Never changes once released. */
  readonly code: ZipkinErrorCode;
  /** Which span of the body, from 0, in the order in which they were sent; absent when no single one is to blame. */
  readonly index?: number;
  /** Where in the span, such as `annotations[2].timestamp`; absent when the whole of it is to blame. */
  readonly field?: string;

  constructor(
    code: ZipkinErrorCode,
    message: string,
    { index, field }: { readonly index?: number; readonly field?: string } = {},
  ) {
    super(message);
    this.code = code;
    if (index !== undefined) this.index = index;
    if (field !== undefined) this.field = field;
  }
}
