import { parseIp } from './ip.js';
import type { Place } from './place.js';
import { readObject, readPort, readText } from './read-value.js';
import type { Endpoint } from '../span.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** An endpoint as v1 and v2 spell it, or undefined when it says nothing. An address that is none is ignored, and
 * goes by what it is, not by its key. */
export function readEndpoint(place: Place, field: string, value: unknown): Endpoint | undefined {
  if (value == null) return undefined;
  const source = readObject(place, field, value);
  const ips: { ipv4?: string; ipv6?: string } = {};
  const serviceName = text(place, field, source, 'serviceName')?.toLowerCase();
  if (source['ipv4'] != null && source['ipv6'] != null) {
    // Both may be of one version; then the later counts.
    for (const key of Object.keys(source)) {
      if (key === 'ipv4' || key === 'ipv6') readIp(text(place, field, source, key), ips);
    }
  } else readIp(text(place, field, source, source['ipv4'] == null ? 'ipv6' : 'ipv4'), ips);
  const port = source['port'] == null ? undefined : readPort(place, `${field}.port`, source['port']);

  const endpoint: Writable<Endpoint> = {};
  if (serviceName) endpoint.serviceName = serviceName;
  if (ips.ipv4 !== undefined) endpoint.ipv4 = ips.ipv4;
  if (ips.ipv6 !== undefined) endpoint.ipv6 = ips.ipv6;
  if (port !== undefined) endpoint.port = port;
  return serviceName || ips.ipv4 !== undefined || ips.ipv6 !== undefined || port !== undefined
    ? endpoint
    : undefined;
}

function text(
  place: Place,
  field: string,
  source: Readonly<Record<string, unknown>>,
  key: string,
): string | undefined {
  const value = source[key];
  return value == null ? undefined : readText(place, `${field}.${key}`, value);
}

function readIp(text: string | undefined, ips: { ipv4?: string; ipv6?: string }): void {
  const ip = text && parseIp(text);
  if (ip) ips[ip.version] = ip.text;
}
