/** An address as Zipkin keeps it. */
export interface Ip {
  readonly version: 'ipv4' | 'ipv6';
  readonly text: string;
}

const OCTET = String.raw`(?:[01]\d\d|2[0-4]\d|25[0-5]|\d\d?)`;
const IPV4 = new RegExp(String.raw`^(?:${OCTET}\.){3}${OCTET}$`);
/** An IPv4 address written as an IPv6 one; only with dots is it taken for that. */
const EMBEDDED_IPV4 = new RegExp(String.raw`^::(?:[fF0]{4}:)?((?:${OCTET}\.){3}${OCTET})$`);
const HEXTET = /^[\da-f]+$/i;

/** Parses an address; undefined for what is none, which Zipkin ignores. */
export function parseIp(text: string): Ip | undefined {
  if (IPV4.test(text)) return { version: 'ipv4', text };
  if (!text.includes(':')) return undefined;
  const embedded = EMBEDDED_IPV4.exec(text)?.[1];
  if (embedded !== undefined) return { version: 'ipv4', text: embedded };
  const hextets = parseIpv6(text);
  return hextets && { version: 'ipv6', text: writeIpv6(hextets) };
}

function parseIpv6(text: string): number[] | undefined {
  const sides = text.split('::');
  if (sides.length > 2) return undefined;
  const [left, right] = sides.map((side) => (side === '' ? [] : side.split(':').map(parseHextet)));
  if (left === undefined) return undefined;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (right === undefined ? missing !== 0 : missing < 1) return undefined;
  const hextets = [...left, ...Array<number>(missing).fill(0), ...(right ?? [])];
  return hextets.includes(Number.NaN) ? undefined : hextets;
}

function parseHextet(text: string): number {
  const value = HEXTET.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  return value <= 0xffff ? value : Number.NaN;
}

/** The longest run of zeros becomes `::`, one at the end only when there is no other: Zipkin's own form. */
function writeIpv6(hextets: readonly number[]): string {
  let [start, length] = [-1, 0];
  for (let at = 0; at < 8; at++) {
    let end = at;
    while (end < 8 && hextets[end] === 0) end++;
    if (end > at && end < 8 && end - at > length) [start, length] = [at, end - at];
    if (end === 8 && end > at && start < 0) [start, length] = [at, end - at];
    at = end;
  }
  const text = (from: number, to: number): string =>
    hextets
      .slice(from, to)
      .map((hextet) => hextet.toString(16))
      .join(':');
  return start < 0 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`;
}
