const MICROS: Readonly<Record<string, number>> = {
  us: 1,
  µs: 1,
  μs: 1,
  '': 1000,
  ms: 1000,
  s: 1e6,
  m: 60e6,
  min: 60e6,
  h: 3600e6,
};

/** What is said of a duration that cannot be read. */
export const DURATION_PROBLEM = 'Write a duration such as 250us, 10ms or 1.5s.';

/** Microseconds of a duration as people write it: `250us`, `10ms`, `1.5 s`, `2m`; a bare number is milliseconds.
 * Undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([a-zµμ]*)\s*$/i.exec(text);
  const name = match?.[2]!.toLowerCase() ?? '';
  const unit = match && Object.hasOwn(MICROS, name) ? MICROS[name] : undefined;
  return unit ? Math.round(Number(match![1]!.replace(',', '.')) * unit) : undefined;
}
