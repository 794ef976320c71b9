import type { HeaderTable } from '../core/index.js';
import { PUBLISH_TIME_HEADER } from '../core/messaging/publish-time.js';

/** amqplib refuses to publish when the encoded header table exceeds 64 KiB; the rest is for other properties. */
export const MAX_HEADER_BYTES = 60 * 1024;

/** What can be done without, least needed first; half of B3's several headers would be read as none. */
const EXPENDABLE: readonly (readonly string[])[] = [
  ['baggage'],
  ['distrace-annotations'],
  ['distrace-flags'],
  ['tracestate'],
  [PUBLISH_TIME_HEADER],
  ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'x-b3-parentspanid', 'x-b3-flags'],
  ['b3'],
  ['traceparent'],
];

/**
 * The user's headers and ours in one table that amqplib can publish. The user's win where both have a name, and
 * all of them stay; of ours as much is left out as does not fit, baggage first.
 */
export function joinHeaders(ours: HeaderTable, users: HeaderTable = {}): HeaderTable {
  const joined = { ...ours, ...users };
  let bytes = tableBytes(joined);
  for (const group of EXPENDABLE) {
    if (bytes <= MAX_HEADER_BYTES) break;
    for (const key of group) {
      if (!(key in ours) || key in users) continue;
      bytes -= entryBytes(key, joined[key]);
      delete joined[key];
    }
  }
  return joined;
}

function tableBytes(table: HeaderTable): number {
  let bytes = 0;
  for (const key of Object.keys(table)) bytes += entryBytes(key, table[key]);
  return bytes;
}

/** A generous guess for anything but text: it is only compared to a limit with 4 KiB to spare. */
function entryBytes(key: string, value: unknown): number {
  const overhead = 6 + key.length;
  if (typeof value === 'string') {
    // Only a long text is worth counting: no character takes more than three bytes per code unit.
    return overhead + (value.length < 256 ? value.length * 3 : Buffer.byteLength(value));
  }
  if (value instanceof Uint8Array) return overhead + value.byteLength;
  if (typeof value === 'object' && value !== null) return overhead + tableBytes(value as HeaderTable);
  return overhead + 9;
}
