import { Logger } from '@nestjs/common';
import { context, createContextKey, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MockInstance } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { joinAmqplibInstrumentation } from './amqplib-instrumentation.js';

let tracing: TracingHarness;
let warn: MockInstance<Logger['warn']>;
beforeEach(() => {
  tracing = createTracingHarness();
  Reflect.deleteProperty(globalThis, Symbol.for('distrace.rmq.amqplib-warned'));
  warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
});
afterEach(async () => {
  warn.mockRestore();
  await tracing.close();
});

const USER = createContextKey('user');

/** An amqplib channel that tells who called it, and whether something would have been traced then. */
class FakeChannel {
  readonly calls: string[] = [];

  publish(_exchange: string, routingKey: string, _content: unknown, _options: unknown, done?: () => void) {
    const span = trace.getTracer('instrumentation').startSpan('publish <default>');
    this.calls.push(`${routingKey} ${span.isRecording() ? 'traced' : 'untraced'}`);
    span.end();
    done?.();
    return true;
  }

  consume() {
    this.calls.push('consume');
    return Promise.resolve();
  }
}

/** What `@opentelemetry/instrumentation` does to a prototype; by instance here, so that each test has its own. */
function instrument(channel: FakeChannel): FakeChannel {
  const prototype = Object.create(FakeChannel.prototype) as FakeChannel;
  for (const name of ['publish', 'consume'] as const) {
    const original = FakeChannel.prototype[name] as (...args: unknown[]) => unknown;
    const wrapper = function (this: FakeChannel, ...args: unknown[]) {
      this.calls.push(`wrapped ${name}`);
      return original.apply(this, args);
    };
    Object.assign(wrapper, { ['__wrapped']: true, ['__original']: original });
    Object.defineProperty(prototype, name, { value: wrapper, writable: true });
  }
  return Object.setPrototypeOf(channel, prototype) as FakeChannel;
}

async function setUp(channel: FakeChannel, fail = false): Promise<void> {
  const owner = {
    async setupChannel(each: FakeChannel) {
      await each.consume();
      if (fail) throw new Error('no queue');
    },
  };
  joinAmqplibInstrumentation(owner as never);
  await owner.setupChannel(channel);
  channel.calls.push('ready');
}

describe('an instrumented channel', () => {
  const traced = { headers: { traceparent: 'x' } };

  it('is left to the instrumentation but for what Nest sends and consumes', async () => {
    const channel = instrument(new FakeChannel());
    await setUp(channel);
    channel.publish('', 'orders', '', traced);
    channel.publish('', 'amq.rabbitmq.reply-to.g1', '', {});
    channel.publish('', 'by-hand', '', { headers: { own: 1 } });
    channel.publish('', 'by-hand', '', undefined);
    await channel.consume();
    expect(channel.calls.filter((call) => call !== 'wrapped publish')).toEqual([
      'consume',
      'ready',
      'orders untraced',
      'amq.rabbitmq.reply-to.g1 untraced',
      'by-hand traced',
      'by-hand traced',
      'wrapped consume',
      'consume',
    ]);
  });

  it('confirms in the context of who published', async () => {
    const channel = instrument(new FakeChannel());
    await setUp(channel);
    const confirm = vi.fn<() => void>(() => expect(context.active().getValue(USER)).toBe('me'));
    context.with(context.active().setValue(USER, 'me'), () =>
      expect(channel.publish('', 'orders', '', traced, confirm)).toBe(true),
    );
    expect(confirm).toHaveBeenCalledTimes(1);
  });

  it('is spoken of once in a process, whatever the number of channels', async () => {
    await setUp(instrument(new FakeChannel()));
    await setUp(instrument(new FakeChannel()));
    expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
      expect.stringMatching(/instrumentation-amqplib is active.*OTEL_NODE_DISABLED_INSTRUMENTATIONS=amqplib/),
    ]);
  });

  it('is not spoken of where nothing traces', async () => {
    await tracing.close();
    await setUp(instrument(new FakeChannel()));
    expect(warn).not.toHaveBeenCalled();
  });

  it('fails as it did', async () => {
    const channel = instrument(new FakeChannel());
    await expect(setUp(channel, true)).rejects.toThrow('no queue');
    expect(Object.hasOwn(channel, 'consume')).toBe(false);
  });
});

it('a client that was connected before is joined as well, once after a reconnect', async () => {
  const setups: ((channel: unknown) => void)[] = [];
  const connected = instrument(new FakeChannel());
  const addSetup = (setup: (channel: unknown) => void): Promise<void> => {
    setups.push(setup);
    setup(connected);
    return Promise.reject(new Error('closed meanwhile'));
  };
  const owner = { channel: { addSetup }, setupChannel: (each: FakeChannel) => each.consume() };
  joinAmqplibInstrumentation(owner as never);
  expect(Object.hasOwn(connected, 'publish')).toBe(true);
  const reconnected = instrument(new FakeChannel());
  await owner.setupChannel(reconnected);
  const { publish } = reconnected;
  for (const setup of setups) setup(reconnected);
  expect(reconnected.publish).toBe(publish);
});

it('a plain channel is left as it is, and nothing is said', async () => {
  const channel = new FakeChannel();
  await setUp(channel);
  expect(Object.keys(channel)).toEqual(['calls']);
  expect(warn).not.toHaveBeenCalled();
});

it.each([undefined, null, {}, { publish: 1 }])('what is no channel is passed on: %j', async (channel) => {
  const setupChannel = vi.fn<(channel: unknown) => Promise<void>>(() => Promise.resolve());
  const owner = { setupChannel };
  joinAmqplibInstrumentation(owner);
  await owner.setupChannel(channel);
  expect(setupChannel.mock.calls[0]?.[0]).toBe(channel);
});

it('who has no channels has nothing to join', () => {
  expect(() => joinAmqplibInstrumentation({})).not.toThrow();
});
