import type { IncomingMessage } from 'node:http';
import type { SdkOptions } from '../core/index.js';

/** HTTP server spans. */
export interface HttpTracingOptions {
  /** Requests that get no span (health checks, for example). Default none. */
  readonly ignore?: (request: IncomingMessage) => boolean;
  /**
   * Whether flags and carried annotations are taken from HTTP headers: anybody may send those, and they steer
   * what the application does. Default false; messages from the broker are trusted.
   */
  readonly trustCarried?: boolean;
}

/** RabbitMQ producer and consumer spans. */
export interface MessagingTracingOptions {
  /**
   * The name that stands for a destination in span names: take away what differs per deployment or per
   * instance. Undefined keeps the destination's own name. Default: its own name.
   */
  readonly destinationTemplate?: (destination: string) => string | undefined;
  /**
   * How the span of a handled message hangs together with the one that sent it: below it (`parent`, default: one
   * trace from end to end), linked to it in a trace of its own (`link`), or both. Baggage, flags and carried
   * annotations come along in any case.
   */
  readonly consumer?: 'parent' | 'link' | 'both';
  /**
   * Whether messages say in the header `timestamp_in_ms` when they were published, so that who handles them knows how
   * long they have waited. Default true.
   */
  readonly publishTime?: boolean;
}

/** What counts as an error. */
export interface ErrorTracingOptions {
  /**
   * What a handler's error means: `error` marks the span failed and records it; `expected` is an answer like any
   * other (on a message's span only `error.type` tells); `ignore` leaves no trace. Undefined: an HttpException
   * below 500 is expected, everything else an error.
   */
  readonly classify?: (error: unknown) => 'error' | 'expected' | 'ignore' | undefined;
}

/** Everything `createTracing` and `TracingModule.forRoot` take; all of it optional. */
export interface TracingOptions extends SdkOptions {
  /** HTTP server spans; false for none. */
  readonly http?: HttpTracingOptions | false;
  /** RabbitMQ spans and headers; false for none. */
  readonly messaging?: MessagingTracingOptions | false;
  /** What counts as an error of a handler. */
  readonly errors?: ErrorTracingOptions;
}

/** Injection token of the {@link TracingOptions}. */
export const TRACING_OPTIONS = Symbol.for('distrace.tracing.options');
