import { checkAttributeNames } from './attribute-rules.js';
import { checkHttp } from './http-rules.js';
import { checkMessaging } from './messaging-rules.js';
import {
  checkClient,
  checkDatabase,
  checkErrorType,
  checkExceptions,
  checkSchema,
  checkStatus,
} from './other-rules.js';
import type { Check, LintedSpan, Violation } from './rule.js';

const CHECKS: readonly Check[] = [
  checkAttributeNames,
  checkMessaging,
  checkHttp,
  checkDatabase,
  checkClient,
  checkStatus,
  checkErrorType,
  checkExceptions,
  checkSchema,
];

/**
 * Where spans are not as OpenTelemetry's conventions (version 1.44) want them: names and kinds of HTTP, messaging
 * and database spans, their required attributes, names that were given up or made up, status and errors. Names of
 * INTERNAL spans are the application's own. Pure; throws nothing. An empty list is what a test wants:
 *
 * @example
 * expect(lintSpans(tracing.spans.ended)).toEqual([]);
 */
export function lintSpans(spans: readonly LintedSpan[]): readonly Violation[] {
  return spans.flatMap((span) =>
    CHECKS.flatMap((check) => check(span))
      .filter(([rule]) => rule !== 'required-attribute' || !isPiece(span))
      .map(([rule, message]) => ({ rule, span: span.name, message })),
  );
}

/** A span that was handed over comes in two pieces, and what one lacks the other may have. */
function isPiece({ attributes }: LintedSpan): boolean {
  return attributes['distrace.piece'] !== undefined;
}
