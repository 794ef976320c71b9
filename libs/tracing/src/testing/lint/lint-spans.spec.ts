import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  answered,
  changed,
  failed,
  handled,
  queried,
  requested,
  sent,
  worked,
} from './good-spans.spec.helper.js';
import { lintSpans } from './lint-spans.js';
import type { LintedSpan, LintRule } from './rule.js';

const KEY = 'messaging.rabbitmq.destination.routing_key';
const DESTINATION = 'messaging.destination.name';
const TAG = 'messaging.rabbitmq.message.delivery_tag';
const ERROR = { code: SpanStatusCode.ERROR };
const OK = { code: SpanStatusCode.OK };

describe('lintSpans', () => {
  it.each<[string, LintedSpan]>([
    ['a sent message', sent],
    ['a handled message', handled],
    ['an answered request', answered],
    ['a sent request', requested],
    ['a query', queried],
    ['work of the application', worked],
    ['a failed message', failed(handled)],
    ['a failed method', failed(worked)],
    ['a failed request', changed(failed(answered), { attributes: { 'http.response.status_code': 500 } })],
    ['an unmatched request', changed(answered, { name: 'GET', attributes: { 'http.route': undefined } })],
    [
      'a request that the client gave up',
      changed(answered, {
        status: { code: SpanStatusCode.ERROR, message: 'gone' },
        attributes: { 'http.response.status_code': undefined, 'error.type': 'client_closed' },
      }),
    ],
    [
      'a request of a made-up method',
      changed(answered, {
        name: 'HTTP',
        attributes: {
          'http.route': undefined,
          'http.request.method': '_OTHER',
          'http.request.method_original': 'BREW',
        },
      }),
    ],
    ['an expected refusal of a message', changed(handled, { attributes: { 'error.type': 'Refusal' } })],
    [
      'a message to a fanout exchange',
      changed(sent, { name: 'send news', attributes: { [DESTINATION]: 'news', [KEY]: undefined } }),
    ],
    [
      'a message to a topic exchange',
      changed(sent, { name: 'send shop:a.b', attributes: { [DESTINATION]: 'shop:a.b', [KEY]: 'a.b' } }),
    ],
    [
      'a message from a topic exchange',
      changed(handled, {
        name: 'process shop:a.b:q',
        attributes: { [DESTINATION]: 'shop:a.b:q', [KEY]: 'a.b' },
      }),
    ],
    [
      'a message of a template',
      changed(sent, { name: 'send o', attributes: { 'messaging.destination.template': 'o' } }),
    ],
    [
      'a message to a queue that nobody named',
      changed(sent, { name: 'send', attributes: { 'messaging.destination.temporary': true } }),
    ],
    ['a batch', changed(handled, { attributes: { [TAG]: undefined, 'messaging.batch.message_count': 3 } })],
    [
      'a batch from several places',
      changed(handled, {
        name: 'process',
        attributes: {
          [TAG]: undefined,
          [KEY]: undefined,
          [DESTINATION]: undefined,
          'messaging.batch.message_count': 3,
        },
      }),
    ],
    [
      'a settlement',
      changed(handled, {
        kind: SpanKind.CLIENT,
        name: 'ack orders',
        attributes: { 'messaging.operation.name': 'ack', 'messaging.operation.type': 'settle' },
      }),
    ],
    [
      'a message of another system',
      changed(sent, {
        attributes: { 'messaging.system': 'kafka', [KEY]: undefined, [DESTINATION]: 'orders' },
      }),
    ],
    [
      'a call by RPC',
      changed(worked, { kind: SpanKind.SERVER, attributes: { amount: undefined, 'rpc.method': 'a/b' } }),
    ],
    [
      'a success said by the application',
      changed(worked, { status: OK, instrumentationScope: { name: 'app' } }),
    ],
    [
      'a piece of a span',
      changed(queried, { attributes: { 'db.system.name': undefined, 'distrace.piece': 'close' } }),
    ],
  ])('finds nothing wrong with %s', (_, span) => {
    expect(lintSpans([span])).toEqual([]);
  });

  it.each<[LintRule, string, LintedSpan]>([
    ['span-name', 'the old order', changed(sent, { name: 'orders send' })],
    ['span-name', 'the pattern of a message', changed(handled, { name: 'process created' })],
    ['span-name', 'a raw path', changed(answered, { name: 'GET /orders/7' })],
    [
      'span-name',
      'a raw path without a route',
      changed(answered, { name: 'GET /orders/7', attributes: { 'http.route': undefined } }),
    ],
    ['span-name', 'a full URL', changed(requested, { name: 'GET http://prices/7' })],
    ['span-name', 'a query', changed(queried, { name: 'INSERT INTO orders VALUES (?)' })],
    [
      'span-name',
      'a generated queue name',
      changed(sent, { attributes: { 'messaging.destination.anonymous': true } }),
    ],
    ['span-kind', 'a sender that is a CLIENT', changed(sent, { kind: SpanKind.CLIENT })],
    ['span-kind', 'a handler that is a SERVER', changed(handled, { kind: SpanKind.SERVER })],
    ['span-kind', 'a request that is INTERNAL', changed(answered, { kind: SpanKind.INTERNAL })],
    ['span-kind', 'a query that is a PRODUCER', changed(queried, { kind: SpanKind.PRODUCER })],
    [
      'attribute-value',
      'an operation of old',
      changed(sent, { attributes: { 'messaging.operation.type': 'publish' } }),
    ],
    [
      'attribute-value',
      'an empty part of a destination',
      changed(sent, { name: 'send :orders', attributes: { [DESTINATION]: ':orders' } }),
    ],
    ['attribute-value', 'a destination without its key', changed(sent, { attributes: { [KEY]: 'other' } })],
    [
      'attribute-value',
      'a queue said twice',
      changed(handled, { name: 'process x:orders:orders', attributes: { [DESTINATION]: 'x:orders:orders' } }),
    ],
    ['attribute-value', 'an empty routing key', changed(sent, { attributes: { [KEY]: '' } })],
    ['attribute-value', 'a delivery tag that is a text', changed(handled, { attributes: { [TAG]: '1' } })],
    [
      'attribute-value',
      'a message id that is a number',
      changed(handled, { attributes: { 'messaging.message.id': 1 } }),
    ],
    [
      'attribute-value',
      'temporary: false',
      changed(sent, { attributes: { 'messaging.destination.temporary': false } }),
    ],
    [
      'attribute-value',
      'a count that is a text',
      changed(handled, { attributes: { 'messaging.batch.message_count': '3' } }),
    ],
    [
      'attribute-value',
      'a made-up method',
      changed(answered, { name: 'BREW /orders/:id', attributes: { 'http.request.method': 'BREW' } }),
    ],
    [
      'attribute-value',
      'a query in the path',
      changed(answered, { attributes: { 'url.path': '/orders/7?full=1' } }),
    ],
    [
      'attribute-value',
      'a question mark in the query',
      changed(answered, { attributes: { 'url.query': '?full=1' } }),
    ],
    [
      'attribute-value',
      'a status of 42',
      changed(answered, { attributes: { 'http.response.status_code': 42 } }),
    ],
    [
      'required-attribute',
      'a method without its original',
      changed(answered, { name: 'HTTP /orders/:id', attributes: { 'http.request.method': '_OTHER' } }),
    ],
    [
      'required-attribute',
      'a CLIENT that says nothing',
      changed(worked, { kind: SpanKind.CLIENT, attributes: { amount: undefined } }),
    ],
    [
      'required-attribute',
      'a database without its system',
      changed(queried, { attributes: { 'db.system.name': undefined } }),
    ],
    ['attribute-name', 'capitals', changed(worked, { attributes: { taskId: 1 } })],
    ['attribute-name', 'no namespace on a message', changed(handled, { attributes: { attempts: 1 } })],
    [
      'attribute-name',
      'a name made up in a namespace of OpenTelemetry’s',
      changed(handled, { attributes: { 'messaging.attempts': 1 } }),
    ],
    [
      'attribute-name',
      'a name of ours outside of distrace.',
      changed(handled, { attributes: { 'rabbitmq.redelivered': true } }),
    ],
    [
      'legacy-attribute',
      'a name of an event',
      changed(worked, { events: [{ name: 'e', time: [0, 0], attributes: { 'http.method': 'GET' } }] }),
    ],
    ['status', 'OK', changed(handled, { status: OK })],
    [
      'status',
      'a message without a failure',
      changed(worked, { status: { code: SpanStatusCode.UNSET, message: 'fine' } }),
    ],
    [
      'status',
      'a 500 that is no failure',
      changed(answered, { attributes: { 'http.response.status_code': 500 } }),
    ],
    [
      'status',
      'a 404 that is a failure',
      changed(answered, {
        status: ERROR,
        attributes: { 'http.response.status_code': 404, 'error.type': '404' },
      }),
    ],
    [
      'error-type',
      'a failure without its type',
      changed(failed(handled), { attributes: { 'error.type': undefined } }),
    ],
    [
      'error-type',
      'a type without a failure',
      changed(answered, { attributes: { 'error.type': 'TypeError' } }),
    ],
    [
      'error-type',
      'a type without a failure, at the sender',
      changed(sent, { attributes: { 'error.type': 'TypeError' } }),
    ],
    [
      'error-type',
      'a message for a type',
      changed(failed(handled), { attributes: { 'error.type': 'x of y is null' } }),
    ],
    [
      'exception',
      'an exception told twice',
      changed(failed(handled), { events: [...failed(handled).events, ...failed(handled).events] }),
    ],
    ['exception', 'an exception without a failure', changed(handled, { events: failed(handled).events })],
    [
      'exception',
      'an exception without a word',
      changed(failed(handled), { events: [{ name: 'exception', time: [0, 0] }] }),
    ],
    [
      'schema-url',
      'another schema',
      changed(sent, {
        instrumentationScope: {
          name: '@distrace/tracing',
          schemaUrl: 'https://opentelemetry.io/schemas/1.24.0',
        },
      }),
    ],
    ['schema-url', 'no schema', changed(worked, { instrumentationScope: { name: '@distrace/tracing' } })],
  ])('%s: finds %s', (rule, _, span) => {
    const rules = lintSpans([span]).map((violation) => violation.rule);
    expect(rules).toContain(rule);
  });

  it.each<[LintedSpan, readonly string[]]>([
    [sent, ['messaging.system', 'messaging.operation.name', 'messaging.operation.type', DESTINATION]],
    [
      handled,
      ['messaging.system', 'messaging.operation.name', 'messaging.operation.type', DESTINATION, KEY, TAG],
    ],
    [answered, ['http.request.method', 'url.path', 'url.scheme', 'http.response.status_code']],
    [requested, ['url.full', 'server.address']],
  ])('misses each attribute that $name must have', (span, keys) => {
    for (const key of keys) {
      const messages = lintSpans([changed(span, { attributes: { [key]: undefined } })])
        .filter(({ rule }) => rule === 'required-attribute')
        .map(({ message }) => message);
      expect(messages.join(), key).toContain(key);
    }
  });

  it.each([
    'messaging.destination',
    'messaging.destination_kind',
    'messaging.rabbitmq.routing_key',
    'messaging.operation',
    'messaging.message_id',
    'messaging.conversation_id',
    'messaging.protocol',
    'messaging.protocol_version',
    'messaging.url',
    'http.method',
    'http.url',
    'http.status_code',
    'http.target',
    'http.scheme',
    'http.host',
    'net.peer.name',
    'net.peer.port',
    'net.host.name',
    'net.sock.peer.addr',
    'db.system',
    'db.statement',
    'db.operation',
    'db.name',
    'code.function',
  ])('takes no %s', (key) => {
    const messages = lintSpans([changed(worked, { attributes: { [key]: 'x' } })])
      .filter(({ rule }) => rule === 'legacy-attribute')
      .map(({ message }) => message);
    expect(messages.join()).toContain(key);
  });

  it('says which span, which rule, what came and what to do', () => {
    expect(lintSpans([worked, changed(answered, { name: 'GET /orders/7' })])).toEqual([
      {
        rule: 'span-name',
        span: 'GET /orders/7',
        message: 'an HTTP span is named "GET /orders/:id", got "GET /orders/7"',
      },
    ]);
  });
});
