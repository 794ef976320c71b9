import { connect } from 'amqplib';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startOwnBroker } from './support/own-broker.ts';
import { startViewer } from './zipkin/viewer.ts';
import type { Viewer } from './zipkin/viewer.ts';

const WAIT = { timeout: 60_000, interval: 20 };

/** A channel with a queue that nobody else uses. */
async function openQueue(url: string) {
  const queue = `zipkin-${crypto.randomUUID()}`;
  const connection = await connect(url);
  connection.on('error', () => undefined);
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => undefined);
  await channel.assertQueue(queue, { durable: true });
  return {
    queue,
    send: async (body: string) => {
      channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
      await channel.waitForConfirms();
    },
    waiting: async () => (await channel.checkQueue(queue)).messageCount,
    close: async () => {
      await channel.deleteQueue(queue).catch(() => undefined);
      await connection.close().catch(() => undefined);
    },
  };
}

async function startOn(url: string, queue: string): Promise<Viewer> {
  const viewer = await startViewer({ RABBIT_URI: url, RABBIT_QUEUE: queue });
  onTestFinished(() => viewer[Symbol.asyncDispose]());
  return viewer;
}

const isThere = (viewer: Viewer, id: string) =>
  vi.waitFor(async () => expect((await fetch(`${viewer.url}/api/v2/trace/${id}`)).status).toBe(200), WAIT);

const metrics = async (viewer: Viewer) =>
  (await (await fetch(`${viewer.url}/metrics`)).json()) as Record<string, number>;

describe('the trace viewer, reading a queue', () => {
  it('takes v1, v2 and OTLP, whatever the format, and acknowledges once the spans are stored', async () => {
    const { queue, send, waiting, close } = await openQueue(inject('amqpUrl'));
    onTestFinished(close);
    const viewer = await startOn(inject('amqpUrl'), queue);
    await send('[{"traceId":"1","id":"1","localEndpoint":{"serviceName":"a"}}]');
    await send(
      '[{"traceId":"2","id":"1","annotations":[{"timestamp":5,"value":"sr","endpoint":{"serviceName":"b"}}]}]',
    );
    await send(
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000003a","spanId":"0000000000000001","startTimeUnixNano":"1544712660000000000"}]}]}]}',
    );
    for (const id of ['1', '2', '3a']) await isThere(viewer, id);
    await vi.waitFor(async () => expect(await waiting()).toBe(0), WAIT);
    expect(await metrics(viewer)).toMatchObject({
      'counter.zipkin_collector.messages.rabbitmq': 3,
      'counter.zipkin_collector.messages_dropped.rabbitmq': 0,
      'counter.zipkin_collector.spans.rabbitmq': 3,
    });
  });

  it('counts and drops a message that cannot be read, and goes on', async () => {
    const { queue, send, waiting, close } = await openQueue(inject('amqpUrl'));
    onTestFinished(close);
    const viewer = await startOn(inject('amqpUrl'), queue);
    for (const poison of ['x', '', '[{"traceId":"1","id":"1"},{"traceId":"!"}]']) await send(poison);
    await send('[{"traceId":"9","id":"1"}]');
    await isThere(viewer, '9');
    await vi.waitFor(async () => expect(await waiting()).toBe(0), WAIT);
    expect(await metrics(viewer)).toMatchObject({ 'counter.zipkin_collector.messages_dropped.rabbitmq': 2 });
    expect((await fetch(`${viewer.url}/api/v2/trace/1`)).status).toBe(404);
  });

  it('is down in /health while the broker is away, still answers, and reads on when it is back', async () => {
    const broker = await startOwnBroker();
    onTestFinished(() => broker[Symbol.asyncDispose]());
    const first = await openQueue(broker.node.url);
    const viewer = await startOn(broker.node.url, first.queue);
    await first.close();
    await broker.node.restart();
    await vi.waitFor(async () => expect((await fetch(`${viewer.url}/health`)).status).toBe(200), WAIT);
    const connection = await connect(broker.node.url);
    onTestFinished(() => connection.close().catch(() => undefined));
    const channel = await connection.createConfirmChannel();
    channel.sendToQueue(first.queue, Buffer.from('[{"traceId":"7","id":"1"}]'), { persistent: true });
    await channel.waitForConfirms();
    await isThere(viewer, '7');
    await broker.node.halt();
    await vi.waitFor(async () => expect((await fetch(`${viewer.url}/health`)).status).toBe(503), WAIT);
    expect((await fetch(`${viewer.url}/api/v2/trace/7`)).status).toBe(200);
  });
});
