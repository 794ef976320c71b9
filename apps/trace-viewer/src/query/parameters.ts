import { quoted } from '@distrace/nest-server';
import { ViewerProblem } from '../problem.js';

/** A parameter that must be there. @throws ViewerProblem 400 without it. */
export function requiredText(search: URLSearchParams, name: string): string {
  const value = search.get(name);
  if (value !== null) return value;
  throw missingParameter(name);
}

/** A parameter that may be there; the empty text is as good as none. */
export function optionalText(search: URLSearchParams, name: string): string | undefined {
  return search.get(name) || undefined;
}

/** Limits of {@link wholeNumber}. */
export interface WholeNumberOptions {
  /** Default 1. */
  readonly min?: number;
  /** Default: the largest number that is exact. */
  readonly max?: number;
}

/** A whole number, or undefined when it is not given. @throws ViewerProblem 400 for another value. */
export function wholeNumber(
  search: URLSearchParams,
  name: string,
  { min = 1, max = Number.MAX_SAFE_INTEGER }: WholeNumberOptions = {},
): number | undefined {
  const text = search.get(name);
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (/^\d{1,19}$/.test(text) && value >= min && value <= max) return value;
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  throw badParameter(name, `must be a whole number ${range}, got ${quoted(text)}`);
}

/** Refuses a parameter. */
export function badParameter(
  name: string,
  rule: string,
  advice = 'Correct it or leave it out',
): ViewerProblem {
  return new ViewerProblem(400, 'DT_ERR_VIEWER_PARAMETER', `The parameter ${name} ${rule}. ${advice}.`);
}

/** Refuses a request without a parameter that it needs. */
export function missingParameter(name: string): ViewerProblem {
  return badParameter(name, 'must be given, got none', `Add ${name}=… to the query`);
}
