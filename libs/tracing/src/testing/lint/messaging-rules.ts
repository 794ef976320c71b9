import { SpanKind } from '@opentelemetry/api';
import { required, shown, speaksOf, textOf, unless } from './rule.js';
import type { Check, Finding, LintedSpan } from './rule.js';

/** The kind that each type of operation has; `send` of a whole batch is a CLIENT. */
const KIND_OF_TYPE: Readonly<Record<string, SpanKind>> = {
  create: SpanKind.PRODUCER,
  send: SpanKind.PRODUCER,
  receive: SpanKind.CLIENT,
  process: SpanKind.CONSUMER,
  settle: SpanKind.CLIENT,
};

const DESTINATION = 'messaging.destination.name';
const TEMPLATE = 'messaging.destination.template';
const ROUTING_KEY = 'messaging.rabbitmq.destination.routing_key';
const DELIVERY_TAG = 'messaging.rabbitmq.message.delivery_tag';
const BATCH = 'messaging.batch.message_count';

/** Spans that send or handle messages. */
export const checkMessaging: Check = (span) => {
  const isMessaging =
    span.kind === SpanKind.PRODUCER || span.kind === SpanKind.CONSUMER || speaksOf(span, 'messaging');
  if (!isMessaging) return [];
  return [
    ...required(
      span,
      ['messaging.system', 'messaging.operation.name', 'messaging.operation.type'],
      'a messaging span',
    ),
    ...checkKind(span),
    ...checkName(span),
    ...checkValues(span),
    ...(textOf(span, 'messaging.system') === 'rabbitmq' ? checkRabbitMq(span) : []),
  ];
};

function checkKind(span: LintedSpan): readonly Finding[] {
  const type = textOf(span, 'messaging.operation.type');
  if (type === undefined) return [];
  const kind = KIND_OF_TYPE[type];
  if (kind === undefined) {
    const known = Object.keys(KIND_OF_TYPE).join(', ');
    return [['attribute-value', `messaging.operation.type is one of ${known}, got ${type}`]];
  }
  const isBatchSend = type === 'send' && span.kind === SpanKind.CLIENT && BATCH in span.attributes;
  return unless(
    span.kind === kind || isBatchSend,
    'span-kind',
    `a ${type} span is a ${SpanKind[kind]}, got ${SpanKind[span.kind]}`,
  );
}

/** `{operation} {destination}`; a destination that nobody gave a name to says nothing. */
function checkName(span: LintedSpan): readonly Finding[] {
  const operation = textOf(span, 'messaging.operation.name');
  if (operation === undefined) return [];
  const isNameless = ['messaging.destination.temporary', 'messaging.destination.anonymous'].some(
    (key) => span.attributes[key] === true,
  );
  const destination = textOf(span, TEMPLATE) ?? (isNameless ? undefined : textOf(span, DESTINATION));
  const expected = destination === undefined ? operation : `${operation} ${destination}`;
  return unless(
    span.name === expected,
    'span-name',
    `a messaging span is named "${expected}", got "${span.name}"`,
  );
}

function checkValues(span: LintedSpan): readonly Finding[] {
  const { attributes } = span;
  const texts = [
    'messaging.message.id',
    'messaging.message.conversation_id',
    DESTINATION,
    TEMPLATE,
    ROUTING_KEY,
  ];
  const flags = ['messaging.destination.temporary', 'messaging.destination.anonymous'];
  return [
    ...texts
      .filter((key) => key in attributes && (textOf(span, key) ?? '') === '')
      .map((key): Finding => [
        'attribute-value',
        `${key} is a text, or absent, got ${shown(attributes[key])}`,
      ]),
    ...flags
      .filter((key) => key in attributes && attributes[key] !== true)
      .map((key): Finding => ['attribute-value', `${key} is true or absent, got ${shown(attributes[key])}`]),
    ...unless(
      !(BATCH in attributes) || Number.isSafeInteger(attributes[BATCH]),
      'attribute-value',
      `${BATCH} is a whole number, got ${shown(attributes[BATCH])}`,
    ),
  ];
}

function checkRabbitMq(span: LintedSpan): readonly Finding[] {
  const type = textOf(span, 'messaging.operation.type');
  const tag = span.attributes[DELIVERY_TAG];
  const needsTag = type === 'process' && !(BATCH in span.attributes);
  return [
    // Messages of a batch may come from several places.
    ...(BATCH in span.attributes ? [] : required(span, [DESTINATION], 'a messaging span of RabbitMQ')),
    ...(needsTag ? required(span, [DELIVERY_TAG], 'a process span of one message') : []),
    ...unless(
      tag === undefined || Number.isSafeInteger(tag),
      'attribute-value',
      `${DELIVERY_TAG} is a whole number, got ${shown(tag)}`,
    ),
    ...checkDestination(span, span.kind === SpanKind.PRODUCER),
  ];
}

/** `exchange:routing key` where a message goes, `exchange:routing key:queue` where it comes from, nothing twice or empty. */
function checkDestination(span: LintedSpan, isProducer: boolean): readonly Finding[] {
  const name = textOf(span, DESTINATION);
  if (name === undefined) return [];
  const key = textOf(span, ROUTING_KEY);
  const form = isProducer ? '{exchange}:{routing key}' : '{exchange}:{routing key}:{queue}';
  const got = `got ${shown(name)} with the routing key ${shown(key)}`;
  if (name.startsWith(':') || name.endsWith(':')) {
    return [['attribute-value', `${DESTINATION} is ${form} without empty parts, ${got}`]];
  }
  if (key === undefined) {
    // An exchange alone, as fanout has it, or a queue whose key is unknown: any other has a key.
    const isSettled = isProducer ? !name.includes(':') : name.includes(':') || BATCH in span.attributes;
    const isNameless = 'messaging.destination.anonymous' in span.attributes;
    return unless(
      isSettled || isNameless,
      'required-attribute',
      `a messaging span of RabbitMQ has ${ROUTING_KEY} unless the key is empty; set it`,
    );
  }
  const holdsKey = isProducer
    ? name === key || name.endsWith(`:${key}`)
    : `:${name}:`.includes(`:${key}:`) && !name.endsWith(`:${key}:${key}`);
  return unless(
    holdsKey,
    'attribute-value',
    `${DESTINATION} is ${form}, a key that is the queue said once, ${got}`,
  );
}
