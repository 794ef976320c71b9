import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { SCHEMA_URL } from '../../core/index.js';
import { OUR_SCOPE, required, shown, speaksOf, textOf, unless } from './rule.js';
import type { Check } from './rule.js';

/** Calls of databases. Their names are the application's: only the query itself is none. */
export const checkDatabase: Check = (span) => {
  if (!speaksOf(span, 'db')) return [];
  return [
    ...required(span, ['db.system.name'], 'a database span'),
    ...unless(
      span.kind === SpanKind.CLIENT || span.kind === SpanKind.INTERNAL,
      'span-kind',
      `a database span is a CLIENT, got ${SpanKind[span.kind]}`,
    ),
    ...unless(
      textOf(span, 'db.query.text') !== span.name,
      'span-name',
      'a database span is not named after its query; name the operation and the collection',
    ),
  ];
};

/** A CLIENT says what it calls: without that, nobody can draw the other side. */
export const checkClient: Check = (span) => {
  if (span.kind !== SpanKind.CLIENT) return [];
  const says = ['db', 'http', 'messaging', 'rpc', 'server', 'peer'].some((one) => speaksOf(span, one));
  return unless(
    says,
    'required-attribute',
    'a CLIENT span says what it calls; set db., http., messaging., rpc. or server. attributes',
  );
};

/** Unset when it went well: OK is for the application to say. */
export const checkStatus: Check = ({ status, instrumentationScope: { name } }) => [
  ...unless(
    status.code !== SpanStatusCode.OK || name !== OUR_SCOPE,
    'status',
    'the status of a span that went well is unset, got OK; leave it',
  ),
  ...unless(
    status.code === SpanStatusCode.ERROR || (status.message ?? '') === '',
    'status',
    `only a failed span has a status message, got ${shown(status.message)}; leave it out`,
  ),
];

/** On every failed span, and on no other but that of a message whose handler refused it as expected. */
export const checkErrorType: Check = (span) => {
  const type = span.attributes['error.type'];
  const failed = span.status.code === SpanStatusCode.ERROR;
  const mayRefuse = span.kind === SpanKind.CONSUMER && span.status.code === SpanStatusCode.UNSET;
  return [
    ...unless(
      !failed || type !== undefined,
      'error-type',
      'a failed span has error.type; set it to the error’s class',
    ),
    ...unless(
      failed || mayRefuse || type === undefined,
      'error-type',
      `a span that went well has no error.type, got ${shown(type)}; set the status or leave it out`,
    ),
    ...unless(
      type === undefined || (typeof type === 'string' && type !== '' && !/\s/.test(type)),
      'error-type',
      `error.type is one word, got ${shown(type)}; use the error’s class`,
    ),
  ];
};

/** Told once, and only where it was the end of the work. */
export const checkExceptions: Check = ({ events, status }) => {
  const exceptions = events.filter((event) => event.name === 'exception');
  return [
    ...unless(
      exceptions.length <= 1,
      'exception',
      `an exception is recorded once per span, got ${exceptions.length}`,
    ),
    ...unless(
      exceptions.length === 0 || status.code === SpanStatusCode.ERROR,
      'exception',
      'an exception that was dealt with is not recorded; set the status to ERROR or leave it out',
    ),
    ...exceptions.flatMap(({ attributes = {} }) =>
      unless(
        attributes['exception.type'] !== undefined || attributes['exception.message'] !== undefined,
        'exception',
        'an event "exception" has exception.type or exception.message; use recordException',
      ),
    ),
  ];
};

/** Says which version of the names a reader has to know. */
export const checkSchema: Check = ({ instrumentationScope: { name, schemaUrl } }) =>
  unless(
    name !== OUR_SCOPE || schemaUrl === SCHEMA_URL,
    'schema-url',
    `spans of ${OUR_SCOPE} have the schema ${SCHEMA_URL}, got ${shown(schemaUrl)}`,
  );
