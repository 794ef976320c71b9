import type { Place } from './place.js';

/** The digits of an id. */
const HEX = /^[\da-f]+$/;
const HEX_16 = /^[\da-f]{16}$/;
const HEX_32 = /^[\da-f]{32}$/;
/** Zipkin makes it of an id such as "0", and takes it from nobody. */
export const ZERO_SPAN_ID = '0000000000000000';
const ADVICE = 'write it in lower case, without dashes or 0x';

/** A v2 trace id, padded to 16 or 32 digits; one of 32 whose first half is 0 becomes 16. */
export function readTraceIdV2(place: Place, id: string): string {
  if (HEX_32.test(id) && !id.startsWith(ZERO_SPAN_ID)) return id;
  if (!HEX.test(id) || id.length > 32 || isZero(id)) {
    return place.fail('traceId', 'must be 1 to 32 digits of lower-case hex, not all 0', id, ADVICE);
  }
  if (id.length === 32) return id.slice(16);
  return id.padStart(id.length > 16 ? 32 : 16, '0');
}

/** A v2 span id, padded to 16 digits. Zipkin refuses sixteen zeros, but takes fewer. */
export function readSpanIdV2(place: Place, id: string): string {
  if (HEX_16.test(id) && id !== ZERO_SPAN_ID) return id;
  if (!HEX.test(id) || id.length > 16 || id === ZERO_SPAN_ID) {
    return place.fail('id', 'must be 1 to 16 digits of lower-case hex, not all 0', id, ADVICE);
  }
  return id.padStart(16, '0');
}

/** A v2 parent id, padded to 16 digits; zeros mean none. */
export function readParentIdV2(place: Place, id: string): string | undefined {
  if (HEX_16.test(id)) return id === ZERO_SPAN_ID ? undefined : id;
  if (!HEX.test(id) || id.length > 16) {
    return place.fail('parentId', 'must be 1 to 16 digits of lower-case hex', id, ADVICE);
  }
  return isZero(id) ? undefined : id.padStart(16, '0');
}

/** An id of v1: its last 16 digits are looked at and kept, whatever stands before; undefined when they are 0. */
export function readIdV1(place: Place, field: string, id: string): string | undefined {
  const low = id.slice(-16);
  if (!HEX.test(low) || id.length > 32) {
    return place.fail(field, 'must be 1 to 32 digits of lower-case hex', id, ADVICE);
  }
  return isZero(low) ? undefined : low.padStart(16, '0');
}

/** A trace id of v1: only one of exactly 32 digits keeps its first half. */
export function readTraceIdV1(place: Place, id: string): string {
  const low = readIdV1(place, 'traceId', id);
  if (low === undefined)
    return place.fail('traceId', 'must not end in sixteen zeros', id, 'give the trace an id');
  if (id.length !== 32) return low;
  const high = id.slice(0, 16);
  if (!HEX.test(high)) {
    return place.fail('traceId', 'must be 1 to 32 digits of lower-case hex', id, ADVICE);
  }
  return isZero(high) ? low : id;
}

function isZero(id: string): boolean {
  for (let at = 0; at < id.length; at++) if (id.charCodeAt(at) !== 0x30) return false;
  return true;
}
