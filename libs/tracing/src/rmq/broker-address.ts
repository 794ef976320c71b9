import type { Attributes } from '@opentelemetry/api';

/** `server.address` and `server.port` of the first broker that Nest's `urls` option names. */
export function brokerAttributes(urls: unknown): Attributes {
  const first: unknown = Array.isArray(urls) ? urls[0] : urls;
  if (typeof first === 'string') {
    try {
      const { hostname, port } = new URL(first);
      return { 'server.address': hostname, 'server.port': Number(port) || 5672 };
    } catch {
      return {};
    }
  }
  if (typeof first !== 'object' || first === null) return {};
  const { hostname, port } = first as { hostname?: unknown; port?: unknown };
  return {
    ...(typeof hostname === 'string' ? { 'server.address': hostname } : {}),
    'server.port': typeof port === 'number' ? port : 5672,
  };
}
