/** What a header `Retry-After` asks for, milliseconds: whole decimal seconds or an HTTP date; undefined for anything
 * else and for what is over. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : isHttpDate(text) ? Date.parse(text) - nowMs : 0;
  return ms > 0 ? ms : undefined;
}

/** Date.parse takes much else, such as a bare number, for a date; each of HTTP's three forms names the weekday. */
function isHttpDate(text: string): boolean {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /.test(text);
}
