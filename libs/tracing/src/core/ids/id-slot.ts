/**
 * Ids that the next span must take. OpenTelemetry asks its id generator for ids and gives no other way to
 * set them; a piece of a span that was opened elsewhere, and a trace whose id was handed out before its
 * first span, need one. Shared by all copies of this library in a process.
 */
interface IdSlot {
  traceId: string | undefined;
  spanId: string | undefined;
}

const SLOT_KEY = Symbol.for('distrace.ids.slot');
const shared = globalThis as { [SLOT_KEY]?: IdSlot };
const slot: IdSlot = (shared[SLOT_KEY] ??= { traceId: undefined, spanId: undefined });

/** Runs `start` (synchronous) with the given ids waiting for our id generator. */
export function withIds<T>(ids: Readonly<Partial<IdSlot>>, start: () => T): T {
  slot.traceId = ids.traceId;
  slot.spanId = ids.spanId;
  try {
    return start();
  } finally {
    slot.traceId = undefined;
    slot.spanId = undefined;
  }
}

/** Takes the waiting trace id, once. */
export function takeTraceId(): string | undefined {
  const id = slot.traceId;
  slot.traceId = undefined;
  return id;
}

/** Takes the waiting span id, once. */
export function takeSpanId(): string | undefined {
  const id = slot.spanId;
  slot.spanId = undefined;
  return id;
}
