import { ZipkinError } from '@distrace/zipkin';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Collector } from '../collector/collector.js';
import { ViewerError } from '../errors.js';
import { RabbitCollector } from './rabbit-collector.js';

const { connect } = vi.hoisted(() => ({ connect: vi.fn<() => unknown>() }));
vi.mock('amqp-connection-manager', () => ({ connect }));

interface Message {
  readonly content: Buffer;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A collector at a queue whose broker is this test. */
async function collectorOf(accept: Collector['accept'], maxBodyBytes?: number) {
  const channel = {
    assertQueue: vi.fn<() => Promise<void>>(async () => undefined),
    prefetch: vi.fn<() => Promise<void>>(async () => undefined),
    consume: vi.fn<(queue: string, take: (message: Message) => void) => Promise<void>>(async () => undefined),
    ack: vi.fn<(message: Message) => void>(),
    nack: vi.fn<(message: Message) => void>(),
  };
  let ready: Promise<void> | undefined;
  connect.mockReturnValue({
    on: () => undefined,
    createChannel: ({ setup }: { setup(given: typeof channel): Promise<void> }) => {
      ready = setup(channel);
      return { on: () => undefined };
    },
  });
  const warn = vi.fn<(message: string) => void>();
  const drop = vi.fn<() => void>();
  new RabbitCollector({ accept, drop } as unknown as Collector, { urls: ['x'], maxBodyBytes, warn }).start();
  await ready;
  return {
    channel,
    warn,
    drop,
    send: async (text: string) => {
      channel.consume.mock.calls[0]![1]({ content: Buffer.from(text) });
      await vi.advanceTimersByTimeAsync(5000);
    },
  };
}

describe('a message of the queue', () => {
  it('is acknowledged once it is stored', async () => {
    const { channel, warn, send } = await collectorOf(async () => 1);
    await send('[]');
    expect([channel.ack.mock.calls.length, channel.nack.mock.calls.length]).toEqual([1, 0]);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    ['that cannot be read', new ZipkinError('DT_ERR_SPANS_JSON', 'no JSON')],
    ['that we fail on', new TypeError('a bug')],
  ])('%s is dropped, with a word: it would come back for ever', async (_, error) => {
    const { channel, warn, send } = await collectorOf(() => Promise.reject(error));
    await send('[]');
    expect([channel.ack.mock.calls.length, channel.nack.mock.calls.length]).toEqual([1, 0]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(error.message));
  });

  it('that cannot be saved goes back', async () => {
    const full = new ViewerError('DT_ERR_VIEWER_FILE_WRITE', 'the disk is full');
    const { channel, send } = await collectorOf(() => Promise.reject(full));
    await send('[]');
    expect([channel.ack.mock.calls.length, channel.nack.mock.calls.length]).toEqual([0, 1]);
  });

  it('that is longer than a body may be is dropped unread', async () => {
    const accept = vi.fn<Collector['accept']>(async () => 1);
    const { channel, warn, drop, send } = await collectorOf(accept, 10);
    await send('x'.repeat(11));
    expect([channel.ack.mock.calls.length, accept.mock.calls.length, drop.mock.calls.length]).toEqual([
      1, 0, 1,
    ]);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('11 bytes, and may have 10'));
  });
});
