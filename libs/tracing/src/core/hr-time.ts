import type { HrTime } from '@opentelemetry/api';

/** Seconds since 1970 up to the year 2096: further on it is no time of a span. */
const MAX_SECONDS = 4e9;

/** Whether a value from outside is a point in time or a duration that can be computed with. */
export function isHrTime(value: unknown): value is HrTime {
  return (
    Array.isArray(value) && value.length === 2 && isWhole(value[0], MAX_SECONDS) && isWhole(value[1], 1e9)
  );
}

function isWhole(value: unknown, below: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < below;
}
