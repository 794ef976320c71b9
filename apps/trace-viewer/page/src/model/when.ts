/** How long ago, as people say it. */
export function timeAgo(atMs: number, nowMs: number): string {
  const seconds = Math.round((nowMs - atMs) / 1000);
  if (seconds < 5) return 'now';
  if (seconds < 60) return `${seconds} s ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.round(hours / 24)} d ago`;
}

/** Local date and time with milliseconds. */
export function dateTime(micros: number): string {
  const date = new Date(micros / 1000);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Local time of day; with the day when that is not today. */
export function clockTime(micros: number, nowMs: number): string {
  const text = dateTime(micros);
  return text.slice(0, 10) === dateTime(nowMs * 1000).slice(0, 10) ? text.slice(11, 19) : text.slice(5, 19);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
