/** A duration in microseconds as a person reads it: `850µs`, `12.5ms`, `207ms`, `1.54s`, `2m 05s`. Three digits
 * that matter below a minute. */
export function formatDuration(
  micros: number,
  { unicode = true }: { readonly unicode?: boolean } = {},
): string {
  if (micros < 999.5) return `${Math.round(micros)}${unicode ? 'µs' : 'us'}`;
  if (micros < 999_500) return `${threeDigits(micros / 1e3)}ms`;
  if (micros < 59_950_000) return `${threeDigits(micros / 1e6)}s`;
  const seconds = Math.round(micros / 1e6);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${twoDigits(seconds % 60)}s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}h ${twoDigits(minutes % 60)}m`;
}

/** `12.50` → `12.5`, `207.4` → `207`: no digit that says nothing. */
function threeDigits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
