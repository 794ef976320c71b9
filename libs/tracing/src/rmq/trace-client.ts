import { context } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { endSpan, recordError } from '../core/index.js';
import type { MessagingTracingOptions } from '../nest/tracing-options.js';
import { joinAmqplibInstrumentation } from './amqplib-instrumentation.js';
import { withHeaders } from './message-headers.js';
import { createProducerSpans } from './producer-span.js';
import type { Sending } from './producer-span.js';
import type { OutgoingPacket, RmqClient } from './rmq-client.js';

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
  /** The context of the message that is being serialised right now. */
  let serialising: Context | undefined;

  function start(packet: OutgoingPacket, parent?: Context): Sending | undefined {
    try {
      return producer(packet, parent);
    } catch {
      return undefined;
    }
  }

  function serialisingIn<T>(sending: Sending | undefined, work: () => T): T {
    const outer = serialising;
    serialising = sending?.ctx;
    try {
      return work();
    } catch (error) {
      fail(sending?.span, error);
      throw error;
    } finally {
      serialising = outer;
    }
  }

  const dispatchEvent = client.dispatchEvent.bind(client);
  client.dispatchEvent = (packet) => {
    const sending = start(packet);
    const confirmed = serialisingIn(sending, () => dispatchEvent(packet));
    if (sending === undefined) return confirmed;
    const { span } = sending;
    Promise.resolve(confirmed).then(
      () => endSpan(span),
      (error: unknown) => fail(span, error),
    );
    return confirmed;
  };

  const publish = client.publish.bind(client);
  client.publish = (packet, callback) => {
    const sending = start(packet);
    let span = sending?.span;
    const end = () => {
      if (span !== undefined) endSpan(span);
      span = undefined;
    };
    const takeBack = serialisingIn(sending, () =>
      publish(packet, (reply) => {
        if (reply.err !== undefined && reply.err !== null) {
          fail(span, reply.err);
          span = undefined;
        } else if (reply.isDisposed === true) end();
        callback(reply);
      }),
    );
    return () => {
      takeBack();
      end();
    };
  };

  const { serializer } = client;
  client.serializer = {
    serialize(packet, serializeOptions) {
      const serialized = serializer.serialize(packet, serializeOptions);
      try {
        return withHeaders(serialized, serialising ?? context.active(), client.options?.headers);
      } catch {
        // The message goes out whether or not its context can go with it.
        return serialized;
      }
    },
  };

  traceUnsent(client, start);
}

/** A message that finds no broker never gets to the transport: its span tells why. */
function traceUnsent(
  client: RmqClient,
  start: (packet: OutgoingPacket, parent: Context) => Sending | undefined,
): void {
  /** The message whose sending asks for the connection right now. */
  let asking: OutgoingPacket | undefined;

  function askFor<T>(packet: OutgoingPacket, work: () => T): T {
    asking = packet;
    try {
      return work();
    } finally {
      asking = undefined;
    }
  }

  const emit = client.emit.bind(client);
  client.emit = (pattern, data) => askFor({ pattern, data }, () => emit(pattern, data));

  const send = client.send.bind(client);
  client.send = (pattern, data) => {
    const replies = send(pattern, data);
    return new Observable((subscriber) => askFor({ pattern, data }, () => replies.subscribe(subscriber)));
  };

  const connect = client.connect.bind(client);
  client.connect = () => {
    const packet = asking;
    const connected = connect();
    if (packet === undefined) return connected;
    const parent = context.active();
    Promise.resolve(connected).catch((error: unknown) => fail(start(packet, parent)?.span, error));
    return connected;
  };
}

function fail(span: Span | undefined, error: unknown): void {
  if (span === undefined) return;
  recordError(span, error);
  endSpan(span);
}
