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

/** What a form has instead of a time to look back when it has a range. */
export const RANGE = 'range';

/** Clocks of other hosts may be a little ahead. */
const SLACK_MS = 60_000;

/** A time to look back from an address; empty when it has none that can be read. */
export function readLookback(search: URLSearchParams): string {
  const text = search.get('lookback') ?? '';
  return /^\d{1,15}$/.test(text) ? text : '';
}

/** When, as a form has it. */
export interface When {
  readonly lookback: string;
  /** Epoch milliseconds, empty for an open side; of a range only. */
  readonly startTs?: string;
  readonly endTs?: string;
}

/** The parameters that ask the server for it; none for everything. */
export function lookbackParameters(
  { lookback, startTs, endTs }: When,
  nowMs: number,
): Record<'endTs' | 'lookback', string> | undefined {
  const now = nowMs + SLACK_MS;
  if (lookback === RANGE) {
    // A second is meant as a whole.
    const end = (Number(endTs) || now) + 999;
    return { endTs: String(end), lookback: String(Math.max(1, end - Number(startTs))) };
  }
  if (!(Number(lookback) > 0)) return undefined;
  return { endTs: String(now), lookback: String(Number(lookback) + SLACK_MS) };
}

/** The same for questions that must have them. */
export function windowParameters(lookback: string, nowMs: number): Record<'endTs' | 'lookback', string> {
  const endTs = String(nowMs + SLACK_MS);
  return lookbackParameters({ lookback }, nowMs) ?? { endTs, lookback: endTs };
}
