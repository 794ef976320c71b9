import type { IncomingMessage } from 'node:http';
import type { Attributes } from '@opentelemetry/api';

const KNOWN_METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'TRACE',
  'QUERY',
]);

/** The method as span names and attributes have it: `_OTHER` for one that no standard knows. */
export function methodOf(request: IncomingMessage): string {
  const method = request.method ?? '';
  return KNOWN_METHODS.has(method) ? method : '_OTHER';
}

/** The span's name until the route is known, and for requests that match none. */
export function nameWithoutRoute(method: string): string {
  return method === '_OTHER' ? 'HTTP' : method;
}

/** What OpenTelemetry's conventions want on a server span when it starts. */
export function requestAttributes(request: IncomingMessage): Attributes {
  const url = request.url ?? '/';
  const queryAt = url.indexOf('?');
  const method = methodOf(request);
  const [host, port] = hostAndPort(request.headers.host);
  const attributes: Attributes = {
    'http.request.method': method,
    'url.path': queryAt < 0 ? url : url.slice(0, queryAt),
    'url.scheme': 'encrypted' in request.socket ? 'https' : 'http',
    'network.protocol.version': request.httpVersion,
  };
  if (queryAt >= 0) attributes['url.query'] = redactQuery(url.slice(queryAt + 1));
  if (method === '_OTHER' && request.method !== undefined) {
    attributes['http.request.method_original'] = request.method;
  }
  if (host !== undefined) attributes['server.address'] = host;
  if (port !== undefined) attributes['server.port'] = port;
  const { remoteAddress, remotePort } = request.socket;
  if (remoteAddress !== undefined) {
    attributes['client.address'] = remoteAddress;
    attributes['network.peer.address'] = remoteAddress;
  }
  if (remotePort !== undefined) attributes['network.peer.port'] = remotePort;
  const agent = request.headers['user-agent'];
  if (agent !== undefined) attributes['user_agent.original'] = agent;
  return attributes;
}

/** Values that the conventions name as secret in a query. */
const SECRET_QUERY = /(^|&)(AWSAccessKeyId|Signature|sig|X-Goog-Signature)=[^&]*/gi;

function redactQuery(query: string): string {
  return query.replace(SECRET_QUERY, '$1$2=REDACTED');
}

function hostAndPort(host: string | undefined): [string | undefined, number | undefined] {
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(host ?? '');
  return [match?.[1], match?.[2] === undefined ? undefined : Number(match[2])];
}
