import { parseIp } from './ip.js';
import type { Attributes, AttributeValue } from './otlp-attributes.js';
import type { Endpoint, Kind } from '../span.js';

/** The attributes that are the local endpoint, and no tags. */
export const ENDPOINT_KEYS: ReadonlySet<string> = new Set([
  'service.name',
  'network.local.address',
  'network.local.port',
]);

/** Where the span was recorded: its own attributes before the resource's endpoint. */
export function localEndpoint(resource: Endpoint, span: Attributes): Endpoint | undefined {
  return orNone({ ...resource, ...ownEndpoint(span) });
}

/** What the attributes of a resource or span say of the place where it is. */
export function ownEndpoint(attributes: Attributes): Endpoint {
  return {
    ...service(attributes.get('service.name')),
    ...address(attributes.get('network.local.address')),
    ...port(attributes.get('network.local.port')),
  };
}

/** The other side. Zipkin links producers and consumers by the broker, whose name is the messaging system; a
 * called server without a name goes by its host, a database by its system. Local work has no other side. */
export function remoteEndpoint(kind: Kind | undefined, attributes: Attributes): Endpoint | undefined {
  if (kind === undefined) return undefined;
  return orNone(kind === 'SERVER' ? caller(attributes) : called(kind, attributes));
}

function caller(attributes: Attributes): Endpoint {
  const client = address(attributes.get('client.address'));
  const name = service(attributes.get('peer.service'));
  if (Object.keys(client).length > 0) return { ...name, ...client, ...port(attributes.get('client.port')) };
  return {
    ...name,
    ...address(attributes.get('network.peer.address')),
    ...port(attributes.get('network.peer.port')),
  };
}

function called(kind: Kind, attributes: Attributes): Endpoint {
  const host = attributes.get('server.address');
  const broker = kind === 'CLIENT' ? undefined : attributes.get('messaging.system');
  const name = broker ?? attributes.get('peer.service') ?? hostName(host) ?? attributes.get('db.system.name');
  return {
    ...service(name),
    ...address(attributes.get('network.peer.address')),
    ...address(host),
    ...port(attributes.get('server.port') ?? attributes.get('network.peer.port')),
  };
}

function hostName(host: AttributeValue | undefined): string | undefined {
  return typeof host === 'string' && !host.includes(':') && !parseIp(host) ? host : undefined;
}

/** In lower case, as Zipkin keeps it. */
function service(name: AttributeValue | undefined): Endpoint {
  return typeof name === 'string' && name !== '' ? { serviceName: name.toLowerCase() } : {};
}

function address(text: AttributeValue | undefined): Endpoint {
  const ip = typeof text === 'string' ? parseIp(text) : undefined;
  return ip ? { [ip.version]: ip.text } : {};
}

/** A list or object is none: it may hold a `toString` of its own, and is not even asked. */
function port(value: AttributeValue | undefined): Endpoint {
  const number = typeof value === 'string' || typeof value === 'number' ? Number(value) : 0;
  return Number.isInteger(number) && number > 0 && number <= 65_535 ? { port: number } : {};
}

function orNone(endpoint: Endpoint): Endpoint | undefined {
  const { serviceName, ipv4, ipv6, port: number } = endpoint;
  if (serviceName === undefined && ipv4 === undefined && ipv6 === undefined && number === undefined)
    return undefined;
  return endpoint;
}
