import { Logger } from '@nestjs/common';
import { context } from '@opentelemetry/api';
import { hasCreationContext, hasTracerProvider, withoutTracing } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';

/** The parts of amqplib's channel that `@opentelemetry/instrumentation-amqplib` wraps and we care about. */
interface AmqpChannel {
  publish(exchange: string, routingKey: string, content: unknown, options?: unknown, done?: unknown): unknown;
  consume(...args: unknown[]): unknown;
}

/** Nest's ClientRMQ and ServerRMQ: both prepare each new channel, after a reconnect as well, by this method. */
export interface ChannelOwner {
  setupChannel?(channel: unknown, done: unknown): unknown;
  /** amqp-connection-manager's, once it is connected. */
  readonly channel?: unknown;
}

const WARNED = Symbol.for('distrace.rmq.amqplib-warned');

const WARNING =
  '@opentelemetry/instrumentation-amqplib is active. On its own it would make a second span of each message that ' +
  'Nest sends or handles, and write the context of whichever request is active when the channel has room into its ' +
  'headers. It is kept off these messages; it still traces other channels of amqplib. Start without it: leave it ' +
  'out of the SDK’s "instrumentations", or set OTEL_NODE_DISABLED_INSTRUMENTATIONS=amqplib.';

/**
 * Keeps an instrumentation of amqplib off what this library traces on the channels of one client or server: messages
 * that carry a trace context when they are published, replies, and the deliveries that Nest consumes. Does nothing
 * where amqplib is not instrumented. Changes instances only.
 */
export function joinAmqplibInstrumentation(owner: ChannelOwner): void {
  const { setupChannel } = owner;
  if (typeof setupChannel !== 'function') return;
  owner.setupChannel = function (this: unknown, channel, done) {
    if (!isInstrumented(channel)) return setupChannel.call(this, channel, done);
    keepOffPublish(channel);
    const restore = keepOffConsume(channel);
    return Promise.resolve(setupChannel.call(this, channel, done)).finally(restore);
  };
  joinConnected(owner.channel);
}

/** A client that was connected before it was traced has its channel already. */
function joinConnected(wrapper: unknown): void {
  const { addSetup } = (wrapper ?? {}) as { addSetup?: (setup: (channel: unknown) => void) => unknown };
  if (typeof addSetup !== 'function') return;
  const added = addSetup.call(wrapper, (channel) => {
    if (isInstrumented(channel)) keepOffPublish(channel);
  });
  Promise.resolve(added).catch(() => undefined);
}

function isInstrumented(channel: unknown): channel is AmqpChannel {
  const { publish, consume } = (channel ?? {}) as Partial<AmqpChannel>;
  return typeof consume === 'function' && typeof publish === 'function' && originalOf(publish) !== undefined;
}

/** What a function was before an instrumentation of OpenTelemetry wrapped it; undefined when none has. */
function originalOf(method: object): unknown {
  return Reflect.get(method, '__wrapped') === true ? Reflect.get(method, '__original') : undefined;
}

function keepOffPublish(channel: AmqpChannel): void {
  if (Object.hasOwn(channel, 'publish')) return;
  warnUser();
  const { publish } = channel;
  channel.publish = function (this: unknown, exchange, routingKey, content, options, done) {
    if (!isOurs(routingKey, options)) return publish.call(this, exchange, routingKey, content, options, done);
    // Without tracing the instrumentation's span is none, and its propagator writes nothing.
    const confirm = typeof done === 'function' ? context.bind(context.active(), done as () => void) : done;
    return withoutTracing(() => publish.call(this, exchange, routingKey, content, options, confirm));
  };
}

/**
 * Its span of a delivery hangs on the message's headers, whatever context is active: going around is the only way.
 * Answers what ends the detour, once Nest has consumed: later calls are the application's.
 */
function keepOffConsume(channel: AmqpChannel): () => void {
  const original = originalOf(channel.consume);
  if (typeof original === 'function') channel.consume = original as AmqpChannel['consume'];
  return () => {
    Reflect.deleteProperty(channel, 'consume');
  };
}

/** Traced by us, or a reply, whose request is: the rest is the application's own use of the channel. */
function isOurs(routingKey: string, options: unknown): boolean {
  const headers = (options as { headers?: HeaderTable } | null | undefined)?.headers;
  return (headers != null && hasCreationContext(headers)) || routingKey.startsWith('amq.rabbitmq.reply-to');
}

/** By Nest's logger: with an SDK of the application's own nobody hears OpenTelemetry's `diag`. Once per process. */
function warnUser(): void {
  const shared = globalThis as { [WARNED]?: true };
  if (shared[WARNED] === true || !hasTracerProvider()) return;
  shared[WARNED] = true;
  new Logger('Distrace').warn(WARNING);
}
