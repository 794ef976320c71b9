import type { Span } from '@distrace/zipkin';
import type { MemoryStoreOptions } from './memory-store-options.js';
import { MemoryStore } from './memory-store.js';

/** A span of a trace; both ids may be short numbers. */
export function span(traceId: string | number, id: string | number, fields: Partial<Span> = {}): Span {
  return { traceId: hex(traceId), id: hex(id), ...fields };
}

/** A 16 digit id. */
export function hex(id: string | number): string {
  return typeof id === 'string' ? id : id.toString(16).padStart(16, '0');
}

/** A span of a service that began at a time, in microseconds. */
export function timed(
  traceId: string | number,
  id: string | number,
  timestamp: number,
  fields: Partial<Span> = {},
): Span {
  return span(traceId, id, { timestamp, localEndpoint: { serviceName: 'client' }, ...fields });
}

/** A store that holds some spans. */
export function storeOf(spans: readonly Span[], options: MemoryStoreOptions = {}): MemoryStore {
  const store = new MemoryStore({ now: () => 0, ...options });
  store.add(spans);
  return store;
}
