import { context, SpanKind, trace } from '@opentelemetry/api';
import type { Context, Link, Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { endSpan, extractHeaders, getTracer, injectHeaders, recordError } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';
import { brokerAttributes } from './broker-address.js';
import { createMessagingNames } from './destination.js';
import { joinHeaders } from './header-cap.js';

/** What Nest's ClientRMQ has; its options are protected, its serializer an option. */
interface RmqClient {
  emit(pattern: unknown, data: unknown): Observable<unknown>;
  send(pattern: unknown, data: unknown): Observable<unknown>;
  serializer: { serialize(packet: unknown, options?: unknown): unknown };
  readonly queue?: string;
  readonly options?: {
    readonly urls?: unknown;
    readonly queue?: string;
    readonly exchange?: string;
    readonly exchangeType?: string;
    readonly wildcards?: boolean;
  };
}

const TRACED = Symbol.for('distrace.rmq.traced-client');

/** Whether this is a RabbitMQ client of Nest's; by name, so that the package need not be installed. */
export function isRmqClient(value: unknown): value is RmqClient {
  for (let at: unknown = value; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    if (at.constructor?.name === 'ClientRMQ') return true;
  }
  return false;
}

/**
 * Puts a producer span around `emit` (it ends when the broker has confirmed) and `send` (it ends with the
 * reply), and its context into the message headers when the message is serialised: later, at the channel,
 * another request may be the active one. Changes this instance only, and only once.
 */
export function traceClient(client: RmqClient & { [TRACED]?: true }, options: MessagingTracingOptions): void {
  if (client[TRACED] === true) return;
  Object.defineProperty(client, TRACED, { value: true });
  const producer = producerSpans(client, options);
  const startProducer = (pattern: unknown, data: unknown): Sending => {
    try {
      return producer(pattern, data);
    } catch {
      return { ctx: context.active() };
    }
  };
  const emit = client.emit.bind(client);
  const send = client.send.bind(client);
  const { serializer } = client;

  client.emit = (pattern, data) => {
    const { ctx, span } = startProducer(pattern, data);
    const source = context.with(ctx, () => emit(pattern, data));
    // Hot, and done in a later turn at the earliest: nothing is missed by subscribing to it here.
    source.subscribe(endWithStream(span));
    return source;
  };

  client.send = (pattern, data) =>
    new Observable((subscriber) => {
      const { ctx, span } = startProducer(pattern, data);
      const end = endWithStream(span);
      const subscription = context.with(ctx, () =>
        send(pattern, data).subscribe({
          next: (value) => subscriber.next(value),
          error: (error: unknown) => {
            end.error(error);
            subscriber.error(error);
          },
          complete: () => {
            end.complete();
            subscriber.complete();
          },
        }),
      );
      return () => {
        subscription.unsubscribe();
        end.complete();
      };
    });

  client.serializer = {
    serialize(packet, serializeOptions) {
      const serialized = serializer.serialize(packet, serializeOptions);
      try {
        return withHeaders(serialized);
      } catch {
        // The message goes out whether or not its context can go with it.
        return serialized;
      }
    },
  };
}

/** A message on its way out: its context, and its span when there is one. */
interface Sending {
  readonly ctx: Context;
  readonly span?: Span;
}

function producerSpans(client: RmqClient, options: MessagingTracingOptions) {
  const { urls, exchange, exchangeType, wildcards } = client.options ?? {};
  const names = createMessagingNames({ operation: 'send', broker: brokerAttributes(urls) }, options);
  const queue = client.queue ?? client.options?.queue ?? '';
  const isPublished = wildcards === true || exchangeType === 'fanout';
  const toQueue = { exchange: '', routingKey: queue };
  return (pattern: unknown, data: unknown): Sending => {
    const parent = context.active();
    const destination = isPublished
      ? {
          exchange: exchange ?? queue,
          routingKey: typeof pattern === 'string' ? pattern : JSON.stringify(pattern),
        }
      : toQueue;
    const { spanName, attributes } = names(destination);
    const links = creationLink(data);
    const span = getTracer().startSpan(
      spanName,
      { kind: SpanKind.PRODUCER, attributes, ...(links === undefined ? {} : { links }) },
      parent,
    );
    return { ctx: trace.setSpan(parent, span), span };
  };
}

/** A context that the caller put into the message stays there; the span only points to it. */
function creationLink(data: unknown): Link[] | undefined {
  const headers = (data as { options?: { headers?: HeaderTable } } | null)?.options?.headers;
  if (headers?.['traceparent'] === undefined) return undefined;
  const created = trace.getSpanContext(extractHeaders(headers));
  return created === undefined ? undefined : [{ context: created }];
}

interface SerializedPacket {
  readonly options?: { readonly headers?: HeaderTable };
}

/** The packet with the active context in its headers. The caller's record is left as it is. */
function withHeaders(packet: unknown): unknown {
  if (typeof packet !== 'object' || packet === null) return packet;
  const { options } = packet as SerializedPacket;
  if (options?.headers?.['traceparent'] !== undefined) return packet;
  const headers: HeaderTable = {};
  injectHeaders(context.active(), headers);
  const users = options?.headers;
  return {
    ...packet,
    options: { ...options, headers: users === undefined ? headers : joinHeaders(headers, users) },
  };
}

function endWithStream(span: Span | undefined) {
  let open = true;
  return {
    error(error: unknown) {
      if (!open || span === undefined) return;
      open = false;
      recordError(span, error);
      endSpan(span);
    },
    complete() {
      if (!open || span === undefined) return;
      open = false;
      endSpan(span);
    },
  };
}
