import { SpanKind } from '@opentelemetry/api';
import { isInvented } from './known-attributes.js';
import { replacementOf } from './legacy-attributes.js';
import { OUR_SCOPE } from './rule.js';
import type { Check, Finding, LintedSpan } from './rule.js';

/** Parts of lower-case letters, digits, `_` and, for headers' names, `-`. */
const NAME = /^[a-z][a-z0-9_]*(?:\.[a-z0-9_-]+)*$/;
/** What this library has to say where OpenTelemetry has no name stands below `distrace.`, and not here. */
const OURS_ELSEWHERE = /^(?:rabbitmq|amqp|rmq|nest|nestjs)\./;

/** Attributes of the span and of its events: no name that was given up, made up or not spelt as names are. */
export const checkAttributeNames: Check = (span) => [
  ...Object.keys(span.attributes).flatMap((key) => checkName(key, span)),
  ...span.events.flatMap((event) => Object.keys(event.attributes ?? {}).flatMap((key) => checkName(key))),
];

function checkName(key: string, span?: LintedSpan): Finding[] {
  const replacement = replacementOf(key);
  if (replacement !== undefined) {
    return [['legacy-attribute', `attributes have current names, got ${key}; use ${replacement}`]];
  }
  if (!NAME.test(key)) {
    return [
      ['attribute-name', `attributes are lower case with dots between namespaces, got ${key}; rename it`],
    ];
  }
  if (isInvented(key)) {
    return [
      [
        'attribute-name',
        `this namespace is OpenTelemetry’s and has no such name, got ${key}; use another namespace`,
      ],
    ];
  }
  const isPublic = span !== undefined && span.kind !== SpanKind.INTERNAL;
  if (isPublic && span.instrumentationScope.name === OUR_SCOPE && OURS_ELSEWHERE.test(key)) {
    return [['attribute-name', `attributes of ${OUR_SCOPE} begin with distrace., got ${key}; rename it`]];
  }
  if (isPublic && !key.includes('.')) {
    return [
      [
        'attribute-name',
        `attributes of a ${SpanKind[span.kind]} span have a namespace, got ${key}; give it one`,
      ],
    ];
  }
  return [];
}
