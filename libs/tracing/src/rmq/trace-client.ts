import { context } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { endSpan } from '../core/index.js';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';
import { joinAmqplibInstrumentation } from './amqplib-instrumentation.js';
import { createHandOver } from './hand-over.js';
import { withHeaders } from './message-headers.js';
import { createProducerSpans } from './producer-span.js';
import type { Sending } from './producer-span.js';
import type { IncomingReply, OutgoingPacket, RmqClient } from './rmq-client.js';
import { fail, traceUnsent } from './trace-unsent.js';

const TRACED = Symbol.for('distrace.rmq.traced-client');

/**
 * Puts a producer span around what the client hands to its transport: an event until the broker has confirmed it, a
 * request until its reply is complete. The span's context goes into the message headers when the message is
 * serialised: later, at the channel, another request may be the active one. Changes this instance only, and only
 * once.
 *
 * The seam is the transport's half of Nest's client, since its two methods run in the caller's context, have the
 * packet in hand and serialise at once: around `emit` and `send` the same costs twice as much, for an
 * asynchronous context per message and an observable around another.
 */
export function traceClient(client: RmqClient & { [TRACED]?: true }, options: MessagingTracingOptions): void {
  if (client[TRACED] === true) return;
  Object.defineProperty(client, TRACED, { value: true });
  joinAmqplibInstrumentation(client as object);
  const producer = createProducerSpans(client, options);
  const handOver = createHandOver();

  function start(packet: OutgoingPacket, parent?: Context): Sending | undefined {
    try {
      return producer(packet, parent);
    } catch {
      return undefined;
    }
  }

  const dispatchEvent = client.dispatchEvent.bind(client);
  client.dispatchEvent = (packet, ...more) => {
    const sending = start(packet);
    const done = handOver.begin(packet, sending?.ctx);
    try {
      const confirmed = dispatchEvent(packet, ...more);
      if (sending !== undefined) endWhenConfirmed(sending.span, confirmed);
      return confirmed;
    } catch (error) {
      fail(sending?.span, error);
      throw error;
    } finally {
      handOver.end(done);
    }
  };

  const publish = client.publish.bind(client);
  client.publish = (packet, callback, ...more) => {
    const sending = start(packet);
    const answer = endWithReplies(sending?.span);
    const caller = context.active();
    const done = handOver.begin(packet, sending?.ctx);
    try {
      const takeBack = publish(
        packet,
        (reply) => {
          answer.take(reply);
          // Replies arrive in the context of whoever connected the client first.
          if (context.active() === caller) callback(reply);
          else context.with(caller, callback, undefined, reply);
        },
        ...more,
      );
      return () => {
        takeBack?.();
        answer.end();
      };
    } catch (error) {
      fail(sending?.span, error);
      throw error;
    } finally {
      handOver.end(done);
    }
  };

  const { serializer } = client;
  const { publishTime = true } = options;
  client.serializer = {
    serialize(packet, serializeOptions) {
      const serialized = serializer.serialize(packet, serializeOptions);
      try {
        return withHeaders(serialized, handOver.contextOf(packet), {
          constant: client.options?.headers,
          publishedAtMs: publishTime ? Date.now() : undefined,
        });
      } catch {
        // The message goes out whether or not its context can go with it.
        return serialized;
      }
    },
  };

  traceUnsent(client, start);
}

function endWhenConfirmed(span: Span, confirmed: unknown): void {
  // A subclass may answer anything: asking a lazy thenable would send the message a second time.
  if (!(confirmed instanceof Promise)) {
    endSpan(span);
    return;
  }
  confirmed.then(
    () => endSpan(span),
    (error: unknown) => fail(span, error),
  );
}

/** Ends the span of a request once: with its last reply, an error, or when nobody waits for it any more. */
function endWithReplies(request: Span | undefined) {
  let span = request;
  const end = () => {
    if (span !== undefined) endSpan(span);
    span = undefined;
  };
  return {
    take({ err, isDisposed }: IncomingReply): void {
      // Truth as Nest's observer has it.
      if (err) {
        fail(span, err);
        span = undefined;
      } else if (isDisposed === true) end();
    },
    end,
  };
}
