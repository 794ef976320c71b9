import { ViewerError } from './errors.js';

/** The environment, or a test's stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A value, trimmed; the empty text is as good as none. */
export function readText(env: Environment, variable: string): string | undefined {
  return env[variable]?.trim() || undefined;
}

/** Limits of {@link readWholeNumber}. */
export interface WholeNumberLimits {
  /** Default 0. */
  readonly min?: number;
  readonly max: number;
}

/** A whole number, or undefined. @throws ViewerError when it is none or out of range. */
export function readWholeNumber(
  env: Environment,
  variable: string,
  { min = 0, max }: WholeNumberLimits,
): number | undefined {
  const value = readText(env, variable);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw refuse(variable, `a whole number from ${min} to ${max}`, value);
  }
  return number;
}

/** Values separated by commas. */
export function readList(env: Environment, variable: string): string[] {
  const value = readText(env, variable);
  if (value === undefined) return [];
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A setting that cannot be used. */
export function refuse(variable: string, rule: string, received: string): ViewerError {
  return new ViewerError(
    'DT_ERR_VIEWER_CONFIG',
    `${variable} must be ${rule}, instead got '${received}'. Change the variable or unset it.`,
  );
}
