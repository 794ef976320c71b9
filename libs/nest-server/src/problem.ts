/** Further parts of a {@link Problem}. */
export interface ProblemOptions extends ErrorOptions {
  /** Further headers of the answer. Default none. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A request that gets no answer but this one. The message says the rule, what came and what to do. Each server
 * extends it with the codes of its own.
 */
export class Problem<Code extends string = string> extends Error {
  override readonly name: string = 'Problem';
  /** Of HTTP. */
  readonly status: number;
  /** Never changes once released. */
  readonly code: Code;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: Code,
    message: string,
    { headers = {}, ...options }: ProblemOptions = {},
  ) {
    super(message, options);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

const MAX_SHOWN = 80;

/** What came, fit for a message: a text in quotes, shortened, control characters escaped; of anything else its kind. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
  }
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `${typeof value} ${String(value).slice(0, MAX_SHOWN)}`;
}
