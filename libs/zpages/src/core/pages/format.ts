/** `1234567` as `1,234,567`. */
export function count(value: number): string {
  return value < 1000 ? String(value) : String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

const UNITS = [
  [1, 'ns'],
  [1e3, 'µs'],
  [1e6, 'ms'],
  [1e9, 's'],
] as const;

/** A duration in the unit that fits, three digits: `870 ns`, `1.23 ms`, `45.0 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. */
export function duration(nanos: number): string {
  if (!(nanos > 0)) return '0';
  if (nanos >= 59.95e9) return longDuration(Math.round(nanos / 1e9));
  const [size, unit] = UNITS.findLast(([size]) => nanos >= size * 0.9995) ?? UNITS[0];
  const value = nanos / size;
  return `${value.toFixed(value >= 99.95 || size === 1 ? 0 : value >= 9.995 ? 1 : 2)} ${unit}`;
}

function longDuration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  const shown = parts.slice(first, first + 2).filter(([value]) => value > 0);
  return shown.map(([value, unit]) => `${value} ${unit}`).join(' ');
}

/** {@link duration} for milliseconds. */
export function durationMs(ms: number): string {
  return duration(ms * 1e6);
}

/** {@link durationMs} of a round number that somebody set: `5 s`, not `5.00 s`. */
export function roundMs(ms: number): string {
  return durationMs(ms).replace(/\.?0+(?= )/, (zeros) => (zeros.startsWith('.') ? '' : zeros));
}

/** The column label of a latency bucket: `>0us`, `>10us`, `>1ms`, `>100s`, `>2.5ms`. */
export function bucketLabel(lowerNanos: number): string {
  if (lowerNanos === 0) return '>0us';
  const [size, unit] =
    lowerNanos >= 1e9
      ? [1e9, 's']
      : lowerNanos >= 1e6
        ? [1e6, 'ms']
        : lowerNanos >= 1e3
          ? [1e3, 'us']
          : [1, 'ns'];
  return `>${Number((lowerNanos / Number(size)).toPrecision(4))}${unit}`;
}

/** A moment as UTC to the microsecond: `2026-11-22 04:36:34.123456`. */
export function moment(unixMicros: number): string {
  const ms = Math.floor(unixMicros / 1000);
  // Beyond what a Date can hold (a span may claim any start) the number itself says most.
  if (!(Math.abs(ms) <= 8.64e15)) return `${unixMicros} µs`;
  const iso = new Date(ms).toISOString().replace('T', ' ').replace('Z', '');
  return iso + String(Math.floor(unixMicros - ms * 1000)).padStart(3, '0');
}

/** {@link moment} to the second, for milliseconds. */
export function momentMs(unixMs: number): string {
  return moment(unixMs * 1000).slice(0, -7);
}

/** A number of bytes: `512 B`, `1.5 KiB`, `20.0 MiB`. */
export function bytes(value: number): string {
  if (value < 1024) return `${Math.round(value)} B`;
  return value < 1024 ** 2 ? `${(value / 1024).toFixed(1)} KiB` : `${(value / 1024 ** 2).toFixed(1)} MiB`;
}
