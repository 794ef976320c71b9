import type { Attributes } from '@opentelemetry/api';

/** Where something was recorded: the thesis' endpoint of a span or an annotation. */
export interface Endpoint {
  /** IPv4 or IPv6 address of the node. */
  readonly ip?: string;
  /** Port of the service, 1 to 65535. */
  readonly port?: number;
  /** The name that the user interface groups by. */
  readonly serviceName?: string;
}

/** The attributes an endpoint is kept in; exporters turn them back into an endpoint. */
export const ATTR_ENDPOINT_IP = 'network.local.address';
export const ATTR_ENDPOINT_PORT = 'network.local.port';
export const ATTR_ENDPOINT_SERVICE = 'service.name';

/** What a server binds to when it means every address: it says nothing about where it is. */
const UNSPECIFIED = new Set(['0.0.0.0', '::', '']);

/** The endpoint as OpenTelemetry attributes; absent and unspecified parts are left out. */
export function endpointAttributes({ ip, port, serviceName }: Endpoint): Attributes {
  const attributes: Attributes = {};
  if (serviceName !== undefined) attributes[ATTR_ENDPOINT_SERVICE] = serviceName;
  if (ip !== undefined && !UNSPECIFIED.has(ip)) attributes[ATTR_ENDPOINT_IP] = ip;
  if (port !== undefined && port > 0) attributes[ATTR_ENDPOINT_PORT] = port;
  return attributes;
}
