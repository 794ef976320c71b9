import { context, SpanKind, trace } from '@opentelemetry/api';
import type { Context, Link, Span } from '@opentelemetry/api';
import { extractHeaders, getTracer, hasCreationContext, linked } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';
import { brokerAttributes } from './broker-address.js';
import { createMessagingNames } from './destination.js';
import type { OutgoingPacket, RmqClient } from './rmq-client.js';

/** A message on its way out. */
export interface Sending {
  readonly span: Span;
  /** The caller's context with that span. */
  readonly ctx: Context;
}

/** Starts producer spans for the messages of one client, in the caller's context. */
export function createProducerSpans(client: RmqClient, options: MessagingTracingOptions) {
  const { urls, exchange, exchangeType, wildcards } = client.options ?? {};
  const names = createMessagingNames(
    { operation: 'send', kind: SpanKind.PRODUCER, broker: brokerAttributes(urls) },
    options,
  );
  const queue = client.queue ?? client.options?.queue ?? '';
  const isPublished = wildcards === true || exchangeType === 'fanout';
  const toQueue = { exchange: '', routingKey: queue };
  return ({ pattern, data }: OutgoingPacket, parent = context.active()): Sending => {
    const destination = isPublished
      ? {
          exchange: exchange ?? queue,
          routingKey: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
        }
      : toQueue;
    const { spanName, spanOptions } = names(destination);
    const links = creationLink(data, client.options?.headers);
    const span = getTracer().startSpan(
      spanName,
      links === undefined ? spanOptions : { ...spanOptions, links },
      parent,
    );
    return { span, ctx: trace.setSpan(linked(parent), span) };
  };
}

/** A context that the caller put into the message stays there; the span only points to it. */
function creationLink(data: unknown, constant?: HeaderTable): Link[] | undefined {
  const own = (data as { options?: { headers?: HeaderTable } } | null)?.options?.headers;
  const headers = constant == null ? own : { ...constant, ...own };
  if (headers == null || !hasCreationContext(headers)) return undefined;
  const created = trace.getSpanContext(extractHeaders(headers));
  return created === undefined ? undefined : [{ context: created }];
}
