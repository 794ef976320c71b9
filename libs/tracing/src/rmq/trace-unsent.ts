import { context } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { Observable } from 'rxjs';
import { endSpan, recordError } from '../core/index.js';
import type { Sending } from './producer-span.js';
import type { OutgoingPacket, RmqClient } from './rmq-client.js';

/** A message that finds no broker never gets to the transport: its span tells why. */
export function traceUnsent(
  client: RmqClient,
  start: (packet: OutgoingPacket, parent: Context) => Sending | undefined,
): void {
  /** The message whose sending asks for the connection right now. */
  let asking: OutgoingPacket | undefined;
  /** What Nest's client waits for before each message, once it has been there: watching it again tells nothing. */
  let established: unknown;

  const emit = client.emit.bind(client);
  client.emit = (pattern, data, ...more) => {
    asking = { pattern, data };
    try {
      return emit(pattern, data, ...more);
    } finally {
      asking = undefined;
    }
  };

  const send = client.send.bind(client);
  client.send = (pattern, data, ...more) => {
    const replies = send(pattern, data, ...more);
    return new Observable((subscriber) => {
      asking = { pattern, data };
      try {
        return replies.subscribe(subscriber);
      } finally {
        asking = undefined;
      }
    });
  };

  const connect = client.connect.bind(client);
  client.connect = (...args) => {
    const packet = asking;
    const connected = connect(...args);
    const connection = client.connectionPromise;
    if (packet === undefined || (connection != null && connection === established)) return connected;
    const parent = context.active();
    Promise.resolve(connected).then(
      // Not to be answered with: Nest's promise of a lost connection rejects, though the client comes back by itself.
      () => void (established = connection),
      (error: unknown) => fail(start(packet, parent)?.span, error),
    );
    return connected;
  };
}

/** Ends the span, if there is one, as failed. Never throws. */
export function fail(span: Span | undefined, error: unknown): void {
  if (span === undefined) return;
  recordError(span, error);
  endSpan(span);
}
