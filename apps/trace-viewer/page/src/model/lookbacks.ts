/** Times to look back, in milliseconds as an address has them; empty for everything that is stored. */
export const LOOKBACKS: readonly (readonly [milliseconds: string, text: string])[] = [
  ['', 'Any time'],
  ['300000', 'Last 5 minutes'],
  ['900000', 'Last 15 minutes'],
  ['3600000', 'Last hour'],
  ['21600000', 'Last 6 hours'],
  ['86400000', 'Last day'],
  ['604800000', 'Last week'],
];

/** Clocks of other hosts may be a little ahead. */
const SLACK_MS = 60_000;

/** A time to look back from an address; empty when it has none that can be read. */
export function readLookback(search: URLSearchParams): string {
  const text = search.get('lookback') ?? '';
  return /^\d{1,15}$/.test(text) ? text : '';
}

/** The parameters that ask the server for it; none for everything. */
export function lookbackParameters(
  lookback: string,
  nowMs: number,
): Record<'endTs' | 'lookback', string> | undefined {
  if (!(Number(lookback) > 0)) return undefined;
  return { endTs: String(nowMs + SLACK_MS), lookback: String(Number(lookback) + SLACK_MS) };
}

/** The same for questions that must have them. */
export function windowParameters(lookback: string, nowMs: number): Record<'endTs' | 'lookback', string> {
  const endTs = String(nowMs + SLACK_MS);
  return lookbackParameters(lookback, nowMs) ?? { endTs, lookback: endTs };
}
