import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Attributes, SpanStatus } from '@opentelemetry/api';
import { SCHEMA_URL } from '../../core/index.js';
import type { LintedSpan } from './rule.js';

type Changes = Partial<Omit<LintedSpan, 'attributes'>> & { readonly attributes?: Attributes };

/** The span with other parts; attributes are added, those given as undefined are taken away. */
export function changed(span: LintedSpan, { attributes = {}, ...parts }: Changes): LintedSpan {
  const all = Object.entries({ ...span.attributes, ...attributes });
  return {
    ...span,
    ...parts,
    attributes: Object.fromEntries(all.filter(([, value]) => value !== undefined)),
  };
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const scope = { name: '@distrace/tracing', version: '1', schemaUrl: SCHEMA_URL };
const span = (kind: SpanKind, name: string, attributes: Attributes): LintedSpan => ({
  name,
  kind,
  attributes,
  status: UNSET,
  events: [],
  instrumentationScope: scope,
});

export const sent = span(SpanKind.PRODUCER, 'send orders', {
  'messaging.system': 'rabbitmq',
  'messaging.operation.name': 'send',
  'messaging.operation.type': 'send',
  'messaging.destination.name': 'orders',
  'messaging.rabbitmq.destination.routing_key': 'orders',
  'server.address': 'broker',
  'server.port': 5672,
});

export const handled = span(SpanKind.CONSUMER, 'process orders', {
  ...sent.attributes,
  'messaging.operation.name': 'process',
  'messaging.operation.type': 'process',
  'messaging.rabbitmq.message.delivery_tag': 1,
  'distrace.rabbitmq.redelivered': true,
  'distrace.rabbitmq.lag_ms': 12,
});

export const answered = span(SpanKind.SERVER, 'GET /orders/:id', {
  'http.request.method': 'GET',
  'http.response.status_code': 200,
  'http.route': '/orders/:id',
  'url.path': '/orders/7',
  'url.scheme': 'http',
  'url.query': 'full=1',
  'http.request.header.x-request-id': 'a',
});

export const requested = span(SpanKind.CLIENT, 'GET', {
  'http.request.method': 'GET',
  'url.full': 'http://prices/7',
  'server.address': 'prices',
  'http.response.status_code': 404,
});

export const queried = span(SpanKind.CLIENT, 'save order', {
  'db.system.name': 'sqlite',
  'db.operation.name': 'INSERT',
  'db.query.text': 'INSERT INTO orders VALUES (?)',
});

export const worked = span(SpanKind.INTERNAL, 'Anything at all: 7', { amount: 7 });

const FAILURE = {
  name: 'exception',
  time: [0, 0] as [number, number],
  attributes: { 'exception.type': 'TypeError', 'exception.message': 'x' },
};

/** The span as a TypeError leaves it. */
export const failed = (from: LintedSpan): LintedSpan =>
  changed(from, {
    status: { code: SpanStatusCode.ERROR, message: 'x' },
    attributes: { 'error.type': 'TypeError' },
    events: [FAILURE],
  });
