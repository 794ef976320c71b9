import { isIP } from 'node:net';
import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { Endpoint, Kind } from '@distrace/zipkin';
import { ATTR_ENDPOINT_IP, ATTR_ENDPOINT_PORT, ATTR_ENDPOINT_SERVICE } from '../endpoint.js';

/** The endpoint that attributes speak of; only the parts that are there and make sense. */
export function endpointFrom(attributes: Attributes): Endpoint {
  return {
    ...serviceName(attributes[ATTR_ENDPOINT_SERVICE]),
    ...address(attributes[ATTR_ENDPOINT_IP]),
    ...port(attributes[ATTR_ENDPOINT_PORT]),
  };
}

/**
 * Who is on the other side. Messages go through a broker, and Zipkin links producers and consumers only by its
 * name: that is the messaging system. A called server without a name of its own goes by its host name, a
 * database by its system. Local work has no other side.
 */
export function remoteEndpoint(kind: Kind | undefined, attributes: Attributes): Endpoint | undefined {
  if (kind === undefined) return undefined;
  const endpoint = kind === 'SERVER' ? clientOf(attributes) : serverOf(kind, attributes);
  return Object.keys(endpoint).length > 0 ? endpoint : undefined;
}

function clientOf(attributes: Attributes): Endpoint {
  const client = address(attributes['client.address']);
  return Object.keys(client).length > 0
    ? { ...serviceName(attributes['peer.service']), ...client, ...port(attributes['client.port']) }
    : {
        ...serviceName(attributes['peer.service']),
        ...address(attributes['network.peer.address']),
        ...port(attributes['network.peer.port']),
      };
}

function serverOf(kind: Kind, attributes: Attributes): Endpoint {
  const host = attributes['server.address'];
  const hostName = typeof host === 'string' && isIP(host) === 0 ? host : undefined;
  const broker = kind === 'CLIENT' ? undefined : attributes['messaging.system'];
  return {
    ...serviceName(broker ?? attributes['peer.service'] ?? hostName ?? attributes['db.system.name']),
    ...address(attributes['network.peer.address']),
    ...address(host),
    ...port(attributes['server.port'] ?? attributes['network.peer.port']),
  };
}

function serviceName(value: AttributeValue | undefined): Endpoint {
  return typeof value === 'string' && value !== '' ? { serviceName: value } : {};
}

function address(value: AttributeValue | undefined): Endpoint {
  if (typeof value !== 'string') return {};
  const mapped = /^::ffff:([\d.]+)$/i.exec(value)?.[1] ?? value;
  const version = isIP(mapped);
  if (version === 4) return { ipv4: mapped };
  return version === 6 ? { ipv6: mapped } : {};
}

function port(value: AttributeValue | undefined): Endpoint {
  const number = Number(value ?? 0);
  return Number.isInteger(number) && number > 0 && number <= 65_535 ? { port: number } : {};
}
