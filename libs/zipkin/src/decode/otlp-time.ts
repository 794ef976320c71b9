import { NumberText } from './json-text.js';
import type { Place } from './place.js';
import { isObject, plainNumber } from './read-value.js';

/** Epoch nanoseconds of OTLP/JSON: a string of digits or a number; also `{ low, high }`, which old SDKs for
 * JavaScript sent. 0 for none. */
export function readNanos(place: Place, field: string, value: unknown): bigint {
  if (value == null || value === '') return 0n;
  if (typeof value === 'string' && /^\d{1,20}$/.test(value)) return BigInt(value);
  if (value instanceof NumberText) return readNanos(place, field, value.value);
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return BigInt(Math.round(value));
  if (isObject(value)) {
    const high = readNanos(place, `${field}.high`, value['high']);
    const low = plainNumber(value['low']);
    // Signed, as the low half of a protobuf Long is.
    if (typeof low === 'number' && Number.isInteger(low)) return (high << 32n) + BigInt(low >>> 0);
  }
  return place.fail(field, 'must be epoch nanoseconds, as digits', value, 'send it as OTLP/JSON has it');
}

/** Whole microseconds, rounded; undefined for a time that Zipkin cannot hold. */
export function microsOf(nanos: bigint): number | undefined {
  const micros = Number((nanos + 500n) / 1000n);
  return micros > 0 && Number.isSafeInteger(micros) ? micros : undefined;
}
