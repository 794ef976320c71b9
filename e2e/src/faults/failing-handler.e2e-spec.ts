import 'reflect-metadata';
import { join } from 'node:path';
import {
  ACK_OPTIONS,
  AckInterceptor,
  DELIVERY_LIMIT,
  FAILURES,
  MessagingModule,
  QUEUES,
  ackAfter,
  connectQueue,
  deadLetterName,
  emitConfirmed,
  notifyFailure,
  parseTaskMessage,
  queueName,
  rmqClientOptions,
  withoutPrefix,
} from '@distrace/messaging';
import type { AckOptions, TaskMessage } from '@distrace/messaging';
import { createTracing } from '@distrace/tracing';
import { Controller, Inject, UseInterceptors } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Ctx, EventPattern, Payload, RmqContext } from '@nestjs/microservices';
import type { ClientProxy } from '@nestjs/microservices';
import type { GetMessage } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { Deployment } from '../support/deployment.ts';
import { startOwnBroker } from '../support/own-broker.ts';
import type { OwnBroker } from '../support/own-broker.ts';
import { named, readTraces } from '../support/spool.ts';
import { findTask, postTask, untilTask } from '../support/tasks.ts';

type Work = (task: TaskMessage) => Promise<object>;
const work = vi.fn<Work>();
/** Whether who gives a task up says why: a process that dies in its last delivery does not. */
let saysWhy = true;

@Controller()
@UseInterceptors(AckInterceptor)
class FaultyExecutor {
  constructor(@Inject('RESULTS') private readonly results: ClientProxy) {}

  @EventPattern<string>('tasks')
  async execute(@Payload() data: unknown, @Ctx() context: RmqContext): Promise<void> {
    const result = await work(parseTaskMessage(data));
    ackAfter(context, emitConfirmed(this.results, 'results', result));
  }
}

// oxlint-disable-next-line typescript/no-extraneous-class -- a Nest module is a class
class FaultyModule {}

const resultOf = ({ id }: TaskMessage) => ({ id, words: 2, uniqueWords: 2, longestWord: 'be', chunks: 2 });
const done: Work = async (task) => resultOf(task);
const diskFull = new Error("ENOSPC: no space left on device, write '/srv/data/x'");

let broker: OwnBroker;
let deployment: Deployment;
let executor: INestApplication;
let client: string;
let stopTracing: () => Promise<void>;

/** An executor of the same parts as the real one, with a handler of ours. */
async function startFaultyExecutor(): Promise<INestApplication> {
  const { prefix, spool } = deployment;
  const { url } = broker.node;
  const { TracingModule, TracingInstrument, attachTracing, shutdownTracing } = createTracing({
    serviceName: 'executor',
    exporter: `disk(${join(spool, 'executor.ndjson')})`,
    flushIntervalMs: 100,
    messaging: { destinationTemplate: withoutPrefix(prefix) },
  });
  stopTracing = shutdownTracing;
  const root = {
    module: FaultyModule,
    imports: [
      TracingModule,
      MessagingModule.forService({ service: 'executor' }),
      ClientsModule.register([
        { name: 'RESULTS', ...rmqClientOptions({ url, prefix, queue: 'results' }) },
        { name: 'NOTIFICATIONS', ...rmqClientOptions({ url, prefix, queue: 'notifications' }) },
      ]),
    ],
    controllers: [FaultyExecutor],
    providers: [
      {
        provide: ACK_OPTIONS,
        inject: ['NOTIFICATIONS'],
        useFactory: (notifications: ClientProxy): AckOptions => ({
          retryDelayMs: () => 10,
          giveUp: async (data, error) => {
            if (saysWhy) await notifyFailure(notifications)(data, error);
          },
        }),
      },
    ],
  };
  const app = await NestFactory.create(root, { instrument: TracingInstrument, logger: false });
  attachTracing(connectQueue(app, { url, prefix, queue: 'tasks' }));
  await app.init();
  await app.startAllMicroservices();
  return app;
}

beforeAll(async () => {
  broker = await startOwnBroker();
  deployment = await startDeployment(broker.node.url, {}, { apps: ['exporter', 'client'] });
  client = deployment.url('client');
  executor = await startFaultyExecutor();
});

afterAll(async () => {
  await executor?.close();
  await stopTracing?.();
  await deployment?.[Symbol.asyncDispose]();
  await broker?.[Symbol.asyncDispose]();
});

const kept = () => deadLetterName(deployment.prefix);
const queue = (name: Parameters<typeof queueName>[1]) => queueName(deployment.prefix, name);

beforeEach(async () => {
  work.mockReset().mockImplementation(done);
  saysWhy = true;
  await broker.channel.purgeQueue(kept());
});

async function nextKept(): Promise<GetMessage> {
  return vi.waitFor(
    async () => {
      const message = await broker.channel.get(kept(), { noAck: true });
      if (message === false) throw new Error('nothing was kept');
      return message;
    },
    { timeout: 20_000, interval: 20 },
  );
}

async function publish(name: Parameters<typeof queueName>[1], body: string): Promise<void> {
  broker.channel.sendToQueue(queue(name), Buffer.from(body), { persistent: true });
  await broker.channel.waitForConfirms();
}

async function untilFailuresAreRead(): Promise<void> {
  await vi.waitFor(
    async () => {
      const { messageCount, consumerCount } = await broker.channel.checkQueue(queue(FAILURES));
      expect({ messageCount, consumerCount }).toEqual({ messageCount: 0, consumerCount: 1 });
    },
    { timeout: 20_000, interval: 20 },
  );
}

/** The spans of a trace, once there are so many of a name. */
async function traceWith(traceId: string | undefined, name: string, count: number) {
  return vi.waitFor(
    async () => {
      const spans = (await readTraces(deployment.spool)).get(traceId ?? '') ?? [];
      const found = named(spans, name).filter(({ duration }) => duration !== undefined);
      expect(found).toHaveLength(count);
      return spans;
    },
    { timeout: 20_000, interval: 50 },
  );
}

describe('a handler that throws twice and then works', () => {
  it('gets its task done, and its three attempts stand in the one trace of the task', async () => {
    work.mockRejectedValueOnce(diskFull).mockRejectedValueOnce(diskFull);
    const task = await postTask(client, 'to be');
    expect(task).toMatchObject({ code: 201, status: 'done', result: { words: 2 } });
    const attempts = named(await traceWith(task.traceId, 'process tasks', 3), 'process tasks');
    expect(
      attempts.map(({ tags, parentId }) => ({
        parentId,
        failed: tags?.['error'] !== undefined,
        redelivered: tags?.['distrace.rabbitmq.redelivered'],
        earlier: tags?.['distrace.rabbitmq.delivery_count'],
      })),
    ).toEqual([
      { parentId: attempts[0]?.parentId, failed: true },
      { parentId: attempts[0]?.parentId, failed: true, redelivered: 'true', earlier: '1' },
      { parentId: attempts[0]?.parentId, failed: false, redelivered: 'true', earlier: '2' },
    ]);
    expect(await broker.channel.get(kept(), { noAck: true })).toBe(false);
  });
});

describe('a handler that always throws', () => {
  it('fails its task: who waits gets the reason, a person the message, the trace the dead letter', async () => {
    work.mockRejectedValue(diskFull);
    const task = await postTask(client, 'to be');
    const error = "ENOSPC: no space left on device, write 'x'";
    expect(task).toMatchObject({ code: 502, status: 'failed', error });
    expect(work).toHaveBeenCalledTimes(DELIVERY_LIMIT + 1);

    const letter = await nextKept();
    const { pattern, data } = JSON.parse(letter.content.toString()) as { pattern: string; data: TaskMessage };
    expect({ pattern, id: data.id, text: data.text }).toEqual({
      pattern: 'tasks',
      id: task.id,
      text: 'to be',
    });

    const spans = await traceWith(task.traceId, 'process failures', 1);
    expect(named(spans, 'process tasks')).toHaveLength(DELIVERY_LIMIT + 1);
    const [failure] = named(spans, 'process failures');
    expect(failure).toMatchObject({
      kind: 'CONSUMER',
      parentId: named(spans, 'send tasks')[0]?.id,
      localEndpoint: { serviceName: 'client' },
      tags: {
        'distrace.rabbitmq.death.reason': 'delivery_limit',
        'distrace.rabbitmq.death.queue': queue('tasks'),
        'distrace.rabbitmq.death.count': '1',
      },
    });
    expect(await findTask(client, task.id)).toMatchObject({ code: 200, status: 'failed', error });
  });

  it('fails its task also when it cannot say why', async () => {
    saysWhy = false;
    work.mockRejectedValue(diskFull);
    const task = await postTask(client, 'to be');
    const error = 'the executor gave it up after 11 deliveries';
    expect(task).toMatchObject({ code: 502, status: 'failed', error });
  });

  it('leaves a message that is done when a person puts it back', async () => {
    work.mockRejectedValue(diskFull);
    const { id } = await postTask(client, 'to be');
    const { content, properties } = await nextKept();
    work.mockImplementation(done);
    const target = String(properties.headers?.['x-first-death-queue']);
    broker.channel.sendToQueue(target, content, {
      persistent: true,
      headers: { traceparent: properties.headers?.['traceparent'] },
    });
    expect(await untilTask(client, id, 'done')).toMatchObject({ result: { words: 2 } });
  });
});

describe('a message that breaks its contract on the way', () => {
  it('fails its task at once, and says the rule', async () => {
    work.mockImplementation(async (task) => ({ ...resultOf(task), words: -1 }));
    const task = await postTask(client, 'to be');
    expect(task).toMatchObject({ code: 502, status: 'failed' });
    expect(task.error).toContain('words must be a whole number');
    expect(work).toHaveBeenCalledOnce();
    expect((await nextKept()).properties.headers?.['x-death']?.[0]).toMatchObject({
      reason: 'rejected',
      queue: queue('results'),
    });
  });
});

describe('a dead letter about no task', () => {
  it.each([...QUEUES, FAILURES] as const)('from %s is kept and harms nobody', async (name) => {
    const bodies = ['no JSON', '', 'null', '{"pattern":"failures"}', '{"pattern":"tasks","data":{"id":7}}'];
    for (const body of bodies) await publish(name, body);
    // What somebody puts into the queue of failures itself is not dead: nobody keeps it.
    for (const _ of name === FAILURES ? [] : bodies) await nextKept();
    await untilFailuresAreRead();
    expect(await postTask(client, 'still alive')).toMatchObject({ code: 201 });
  });
});

describe('a task that is done', () => {
  it('stays done when a notification about it dies, or a copy of it', async () => {
    const task = await postTask(client, 'to be');
    const { id } = task;
    await publish(
      'notifications',
      JSON.stringify({ pattern: 'notifications', data: { id, status: 'failed' } }),
    );
    await nextKept();
    await publish('tasks', JSON.stringify({ pattern: 'tasks', data: { id, kind: 'dance' } }));
    await nextKept();
    await untilFailuresAreRead();
    expect(await postTask(client, 'a task behind them')).toMatchObject({ code: 201 });
    expect(await findTask(client, id)).toMatchObject({ status: 'done', result: { words: 2 } });
  });
});
