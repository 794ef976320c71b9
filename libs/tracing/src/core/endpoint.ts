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

/** The endpoint as OpenTelemetry attributes; absent parts are left out. */
export function endpointAttributes(endpoint: Endpoint): Attributes {
  const attributes: Attributes = {};
  if (endpoint.serviceName !== undefined) attributes[ATTR_ENDPOINT_SERVICE] = endpoint.serviceName;
  if (endpoint.ip !== undefined) attributes[ATTR_ENDPOINT_IP] = endpoint.ip;
  if (endpoint.port !== undefined) attributes[ATTR_ENDPOINT_PORT] = endpoint.port;
  return attributes;
}
