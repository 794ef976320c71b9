import 'reflect-metadata';
import { Controller, Inject, Logger, UseInterceptors, type INestApplication } from '@nestjs/common';
import {
  ClientsModule,
  Ctx,
  EventPattern,
  Payload,
  type RmqContext,
  type ClientProxy,
} from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { startGuardian, startPrivateBroker, type Guardian, type PrivateBroker } from '@distrace/broker';
import { connect, type ChannelModel, type ConfirmChannel, type GetMessage } from 'amqplib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ACK_OPTIONS, AckInterceptor, type GiveUp } from './ack.interceptor.js';
import { BrokerAwayError } from './broker-away-error.js';
import { emitConfirmed } from './confirmed.js';
import { parseTaskMessage, type TaskMessage } from './contracts.js';
import { Drain } from './drain.js';
import { BrokerHealth } from './health.js';
import { MessagingModule, connectQueue } from './messaging.module.js';
import { rmqClientOptions } from './rmq-options.js';
import { ackAfter, earlierDeliveries } from './settlement.js';
import {
  DELIVERY_LIMIT,
  QUEUES,
  deadLetterName,
  declareTopology,
  queueName,
  removeTopology,
} from './topology.js';

type Work = (task: TaskMessage, context: RmqContext) => Promise<void>;

const work = vi.fn<Work>();
const giveUp = vi.fn<GiveUp>();

@Controller()
@UseInterceptors(AckInterceptor)
class TasksController {
  @EventPattern<string>('tasks')
  async handle(@Payload() data: unknown, @Ctx() context: RmqContext): Promise<void> {
    await work(parseTaskMessage(data), context);
  }
}

class Publisher {
  constructor(@Inject('TASKS') readonly client: ClientProxy) {}
}

let guardian: Guardian;
let broker: PrivateBroker;
let connection: ChannelModel;
let channel: ConfirmChannel;
let prefix: string;
let run = 0;
const open: INestApplication[] = [];

const task = (id: number): TaskMessage => ({
  id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
  kind: 'count-words',
  text: 'to be',
  submittedAt: '2026-11-21T10:00:00.000Z',
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const waiting: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => waiting.push(resolve));
  return { promise, resolve: () => waiting.forEach((resolve) => resolve()) };
}

async function startService(): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [
      MessagingModule.forService({ service: 'test' }),
      ClientsModule.register([
        { name: 'TASKS', ...rmqClientOptions({ url: broker.url, prefix, queue: 'tasks' }) },
      ]),
    ],
    controllers: [TasksController],
    providers: [Publisher, { provide: ACK_OPTIONS, useValue: { retryDelayMs: () => 0, giveUp } }],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  open.push(app);
  connectQueue(app, { url: broker.url, prefix, queue: 'tasks' });
  await app.init();
  await app.startAllMicroservices();
  return app;
}

async function openChannel(): Promise<void> {
  connection = await connect(broker.url);
  connection.on('error', () => undefined);
  channel = await connection.createConfirmChannel();
}

async function publish(body: unknown, headers: Record<string, unknown> = {}): Promise<void> {
  const content = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  channel.sendToQueue(queueName(prefix, 'tasks'), content, { persistent: true, headers });
  await channel.waitForConfirms();
}

async function nextDeadLetter(): Promise<GetMessage> {
  return vi.waitFor(
    async () => {
      const message = await channel.get(deadLetterName(prefix), { noAck: true });
      if (message === false) throw new Error('no dead letter yet');
      return message;
    },
    { timeout: 15_000, interval: 50 },
  );
}

const handled = (): string[] => work.mock.calls.map(([{ id }]) => id);

beforeAll(async () => {
  Logger.overrideLogger(false);
  guardian = startGuardian();
  broker = await startPrivateBroker({ guardian });
}, 60_000);

afterAll(async () => {
  await broker?.stop();
  await guardian?.close();
}, 60_000);

beforeEach(async () => {
  run += 1;
  prefix = `run-${run}.`;
  work.mockReset().mockResolvedValue();
  giveUp.mockReset().mockResolvedValue();
  await openChannel();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((app) => app.close()));
  await connection.close().catch(() => undefined);
  await removeTopology(broker.url, prefix);
});

describe('topology', () => {
  it('can be declared twice, and removed twice', async () => {
    await declareTopology(broker.url, prefix);
    await declareTopology(broker.url, prefix);
    for (const queue of QUEUES) {
      await expect(channel.checkQueue(queueName(prefix, queue))).resolves.toMatchObject({ messageCount: 0 });
    }
    await removeTopology(broker.url, prefix);
    await removeTopology(broker.url, prefix);
  });

  it('reports a queue that exists with other arguments instead of ending the process', async () => {
    await channel.assertQueue(queueName(prefix, 'tasks'), { durable: true });
    await expect(declareTopology(broker.url, prefix)).rejects.toThrow('PRECONDITION_FAILED');
  });

  it('is declared by client and server alike, so whoever comes first does not lock the other out', async () => {
    const app = await startService();
    await emitConfirmed(app.get(Publisher).client, 'tasks', task(1));
    await vi.waitFor(() => expect(handled()).toEqual([task(1).id]));
  });
});

describe('a handler', () => {
  it('takes a task of 2 MB in one message', async () => {
    const app = await startService();
    const text = 'é '.repeat((2 * 1024 * 1024) / 3);
    await emitConfirmed(app.get(Publisher).client, 'tasks', { ...task(1), text });
    await vi.waitFor(() => expect(work.mock.calls[0]?.[0].text).toHaveLength(text.length), 10_000);
  });

  it('holds its message until what it published is confirmed', async () => {
    const { promise, resolve: confirm } = deferred();
    work.mockImplementation(async (_task, context) => ackAfter(context, promise));
    const app = await startService();
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(work).toHaveBeenCalledOnce());
    const closing = app.close();
    expect(app.get(Drain).inFlight).toBe(1);
    confirm();
    await closing;
    await expect(channel.checkQueue(queueName(prefix, 'tasks'))).resolves.toMatchObject({ messageCount: 0 });
  });

  it('gets a failed message again and succeeds', async () => {
    work.mockRejectedValueOnce(new Error('disk full'));
    await startService();
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(2));
    expect(giveUp).not.toHaveBeenCalled();
  });

  it('is tried again when the publisher claims that it was delivered often', async () => {
    work.mockRejectedValueOnce(new Error('disk full'));
    await startService();
    await publish({ pattern: 'tasks', data: task(1) }, { 'x-delivery-count': 100 });
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(2));
    expect(giveUp).not.toHaveBeenCalled();
    expect(work.mock.calls.map(([, context]) => earlierDeliveries(context))).toEqual([0, 1]);
  });

  it('fails a bounded number of times before its message goes to the dead letters', async () => {
    work.mockRejectedValue(new Error('disk full'));
    await startService();
    await publish({ pattern: 'tasks', data: task(1) });
    const letter = await nextDeadLetter();
    expect(JSON.parse(letter.content.toString())).toEqual({ pattern: 'tasks', data: task(1) });
    expect(letter.properties.headers?.['x-death']?.[0]).toMatchObject({
      reason: 'delivery_limit',
      queue: queueName(prefix, 'tasks'),
    });
    expect(work).toHaveBeenCalledTimes(DELIVERY_LIMIT + 1);
    expect(giveUp).toHaveBeenCalledOnce();
  });
});

describe('a message that is none of ours', () => {
  it.each([
    ['no JSON', 'hello'],
    ['JSON null', 'null'],
    ['a JSON number', '7'],
    ['no pattern', { text: 'hello' }],
    ['an unknown pattern', { pattern: 'dance', data: task(1) }],
    ['a pattern that is no string', { pattern: { cmd: 'tasks' }, data: task(1) }],
    ['an unknown request without a reply queue', { pattern: 'dance', id: 'r1', data: task(1) }],
    ['a broken contract', { pattern: 'tasks', data: { ...task(1), id: '../..' } }],
    ['no data', { pattern: 'tasks' }],
  ])('goes to the dead letters and the consumer stays alive: %s', async (_name, body) => {
    await startService();
    await publish(body);
    const letter = await nextDeadLetter();
    expect(letter.properties.headers?.['x-death']?.[0]).toMatchObject({ reason: 'rejected' });
    expect(work).not.toHaveBeenCalled();
    await publish({ pattern: 'tasks', data: task(2) });
    await vi.waitFor(() => expect(handled()).toEqual([task(2).id]));
  });

  it('is an event even when it claims to be a request', async () => {
    await startService();
    await publish({ pattern: 'tasks', id: 'r1', data: task(1) });
    await publish({ pattern: 'tasks', data: task(2) });
    await vi.waitFor(() => expect(handled()).toEqual([task(1).id, task(2).id]));
  });
});

describe('shutdown', () => {
  it('finishes the message at work, takes no other, and leaves the rest in the queue', async () => {
    const { promise, resolve: finish } = deferred();
    work.mockReturnValueOnce(promise);
    const app = await startService();
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(work).toHaveBeenCalledOnce());
    const closing = app.close();
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('disconnected'));
    await publish({ pattern: 'tasks', data: task(2) });
    finish();
    await closing;
    expect(handled()).toEqual([task(1).id]);
    await expect(channel.checkQueue(queueName(prefix, 'tasks'))).resolves.toMatchObject({ messageCount: 1 });
  });
});

describe('a connection in trouble', () => {
  it('comes back after the broker closed only the channel', async () => {
    const app = await startService();
    work.mockImplementationOnce(async (_task, context) => {
      // Acknowledged twice: the broker answers PRECONDITION_FAILED and closes the channel.
      context.getChannelRef().ack(context.getMessage());
    });
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('disconnected'), 10_000);
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('ok'), 10_000);
    await publish({ pattern: 'tasks', data: task(2) });
    await vi.waitFor(() => expect(handled()).toContain(task(2).id), 10_000);
  });

  it('comes back after its queue was deleted', async () => {
    const app = await startService();
    await channel.deleteQueue(queueName(prefix, 'tasks'));
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('disconnected'), 10_000);
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('ok'), 10_000);
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(handled()).toEqual([task(1).id]), 10_000);
  });

  it('keeps what the broker confirmed, and goes on after the broker was killed and started again', async () => {
    const app = await startService();
    const { client } = app.get(Publisher);
    await emitConfirmed(client, 'tasks', task(1));
    await vi.waitFor(() => expect(handled()).toEqual([task(1).id]));
    await broker.kill();
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('disconnected'), 10_000);
    await expect(emitConfirmed(client, 'tasks', task(2))).rejects.toThrow(BrokerAwayError);
    await broker.restart();
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('ok'), 20_000);
    await vi.waitFor(() => emitConfirmed(client, 'tasks', task(3)), { timeout: 20_000, interval: 200 });
    await vi.waitFor(() => expect(handled()).toContain(task(3).id), 20_000);
    await openChannel();
  }, 90_000);
});
