import { SpanStatusCode } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import { endSpan } from '../core/index.js';
import type { Handling, RmqContextLike } from './consumer-span.js';
import { isRmqContext } from './consumer-span.js';
import { flatText } from './flat-text.js';
import { handlingOf } from './handlings.js';

/** The pattern of a message that no handler takes. OpenTelemetry has no name for it. */
export const ATTR_PATTERN = 'distrace.rabbitmq.pattern';
/** `error.type` of the span of such a message. */
export const UNMATCHED_PATTERN = 'unmatched_pattern';

/** Patterns come from strangers: one may be as long as a message. */
const MAX_PATTERN_LENGTH = 256;

/** The seams of Nest's ServerRMQ that see a message which no handler takes. */
export interface PatternServer {
  /** Only RabbitMQ's server has one. */
  readonly queue?: unknown;
  handleEvent?(pattern: string, packet: unknown, context: unknown): unknown;
  sendMessage?(message: unknown, replyTo: unknown, correlationId: unknown, context: unknown): unknown;
  getHandlerByPattern?(pattern: string): unknown;
}

/**
 * Makes a short failed span for each message that no handler takes. Nest drops an event without a word to any hook,
 * and answers a request with an error. Who is handled has a span by the time these methods return or answer, so
 * matched messages cost a comparison. Changes this instance only; call it once.
 */
export function traceUnmatched(
  server: PatternServer,
  startConsumer: (message: ReturnType<RmqContextLike['getMessage']>) => Handling,
): void {
  if (typeof server.queue !== 'string') return;
  const { handleEvent, sendMessage } = server;
  if (handleEvent !== undefined) {
    server.handleEvent = function (this: unknown, pattern, packet, context) {
      const handled = handleEvent.call(this, pattern, packet, context);
      if (handlingOf(context) === undefined) report(pattern, context);
      return handled;
    };
  }
  if (sendMessage !== undefined) {
    server.sendMessage = function (this: unknown, message, replyTo, correlationId, context) {
      if (handlingOf(context) === undefined) report(patternOf(context), context);
      return sendMessage.call(this, message, replyTo, correlationId, context);
    };
  }

  const reported = new WeakSet<object>();

  function report(pattern: unknown, context: unknown): void {
    try {
      if (!isRmqContext(context) || reported.has(context)) return;
      // A handler there is, and its message could not be traced, or somebody's hook has put it off.
      if (server.getHandlerByPattern?.(pattern as string) != null) return;
      reported.add(context);
      const { span } = startConsumer(context.getMessage());
      span.setAttributes(patternAttributes(pattern));
      span.setStatus({ code: SpanStatusCode.ERROR, message: 'no handler takes this pattern' });
      endSpan(span);
    } catch {
      // What Nest does with the message matters more.
    }
  }
}

function patternAttributes(pattern: unknown): Attributes {
  return {
    'error.type': UNMATCHED_PATTERN,
    ...(typeof pattern === 'string'
      ? { [ATTR_PATTERN]: flatText(pattern.slice(0, MAX_PATTERN_LENGTH)) }
      : {}),
  };
}

function patternOf(context: unknown): unknown {
  try {
    return (context as { getPattern?: () => unknown } | null | undefined)?.getPattern?.();
  } catch {
    return undefined;
  }
}
