import 'reflect-metadata';
import {
  Controller,
  Inject,
  Logger,
  UseGuards,
  UseInterceptors,
  type INestApplication,
} from '@nestjs/common';
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
import { readDeadLetter } from './dead-letter.js';
import { BrokerHealth } from './health.js';
import { dropKept, lookAtKept, putBackKept, type KeptLetter } from './kept-letters.js';
import { MessagingModule, connectQueue } from './messaging.module.js';
import { rmqClientOptions } from './rmq-options.js';
import { ackAfter, earlierDeliveries } from './settlement.js';
import {
  DELIVERY_LIMIT,
  FAILURES,
  QUEUES,
  deadLetterName,
  declareTopology,
  queueName,
  removeTopology,
  type ConsumedQueue,
} from './topology.js';
import { unreadable } from './unreadable.spec.helper.js';

type Work = (task: TaskMessage, context: RmqContext) => Promise<void>;

const work = vi.fn<Work>();
const giveUp = vi.fn<GiveUp>();

/** What a message has to pass before the ack interceptor sees it. */
const pass = vi.fn<() => Promise<boolean>>();

@Controller()
@UseInterceptors(AckInterceptor)
@UseGuards({ canActivate: () => pass() })
class TasksController {
  @EventPattern<string>('tasks')
  async handle(@Payload() data: unknown, @Ctx() context: RmqContext): Promise<void> {
    await work(parseTaskMessage(data), context);
  }
}

const letter = vi.fn<(body: unknown, context: RmqContext) => void>();

@Controller()
@UseInterceptors(AckInterceptor)
class FailuresController {
  @EventPattern<string>(FAILURES)
  receive(@Payload() body: unknown, @Ctx() context: RmqContext): void {
    letter(body, context);
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

async function startService(queue: ConsumedQueue = 'tasks'): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [
      MessagingModule.forService({ service: 'test' }),
      ClientsModule.register([
        { name: 'TASKS', ...rmqClientOptions({ url: broker.url, prefix, queue: 'tasks' }) },
        {
          name: 'PATIENT',
          ...rmqClientOptions({ url: broker.url, prefix, queue: 'tasks', connectWaitMs: 60_000 }),
        },
      ]),
    ],
    controllers: [TasksController, FailuresController],
    providers: [Publisher, { provide: ACK_OPTIONS, useValue: { retryDelayMs: () => 0, giveUp } }],
  }).compile();
  const app = module.createNestApplication({ logger: false });
  open.push(app);
  connectQueue(app, { url: broker.url, prefix, queue });
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

const nextDeadLetter = (): Promise<GetMessage> => nextLetter(deadLetterName(prefix));

async function nextLetter(queue: string): Promise<GetMessage> {
  return vi.waitFor(
    async () => {
      const message = await channel.get(queue, { noAck: true });
      if (message === false) throw new Error('no dead letter yet');
      return message;
    },
    { timeout: 15_000, interval: 50 },
  );
}

async function expectEmpty(queue: string): Promise<void> {
  const { messageCount } = await channel.checkQueue(queue);
  expect(messageCount).toBe(0);
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
  letter.mockReset();
  pass.mockReset().mockResolvedValue(true);
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
    for (const queue of [...QUEUES, FAILURES] as const) {
      await expect(channel.checkQueue(queueName(prefix, queue))).resolves.toMatchObject({ messageCount: 0 });
    }
    await removeTopology(broker.url, prefix);
    await removeTopology(broker.url, prefix);
    await expect(channel.checkQueue(queueName(prefix, FAILURES))).rejects.toThrow('NOT_FOUND');
  });

  it('grows on one that an earlier release left, and what died meanwhile is told', async () => {
    const deadLetters = deadLetterName(prefix);
    await declareTopology(broker.url, prefix);
    await channel.deleteQueue(queueName(prefix, FAILURES));
    await publish('before');
    await declareTopology(broker.url, prefix);
    await startService();
    expect((await nextLetter(queueName(prefix, FAILURES))).content.toString()).toBe('before');
    expect((await nextLetter(deadLetters)).content.toString()).toBe('before');
  });

  it('reports a queue that exists with other arguments instead of ending the process', async () => {
    await channel.assertQueue(queueName(prefix, 'tasks'), { durable: true });
    await expect(declareTopology(broker.url, prefix)).rejects.toThrow(
      /as this release declares.*PRECONDITION_FAILED.*tasks.*Delete that one.*DISTRACE_QUEUE_PREFIX/,
    );
    await expect(declareTopology(broker.url, prefix)).rejects.toMatchObject({ code: 'DT_ERR_TOPOLOGY' });
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

  it.each(unreadable)('gets its message again after it threw %s', async (_name, make) => {
    work.mockRejectedValueOnce(make());
    const app = await startService();
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(work).toHaveBeenCalledTimes(2));
    await vi.waitFor(() => expect(app.get(Drain).inFlight).toBe(0));
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

describe('a dead letter', () => {
  const bodies = ['hello', '', 'null', '[]', '{"pattern":"dance"}', '{"pattern":"failures","data":1}'];

  it('is in both queues, whatever it is, and its consumer takes it once', async () => {
    await startService();
    await startService(FAILURES);
    for (const body of bodies) await publish(body);
    const kept = await Promise.all(bodies.map(() => nextDeadLetter()));
    expect(kept.map(({ content }) => content.toString()).toSorted()).toEqual(bodies.toSorted());
    await vi.waitFor(() => expect(letter).toHaveBeenCalledTimes(bodies.length), 10_000);
    await vi.waitFor(() => expectEmpty(queueName(prefix, FAILURES)), 10_000);
  });

  it('says of which task it is and why it died', async () => {
    work.mockRejectedValue(new Error('disk full'));
    await startService();
    await startService(FAILURES);
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(letter).toHaveBeenCalledOnce(), 15_000);
    const [body, context] = letter.mock.calls[0]!;
    expect(readDeadLetter(body, context.getMessage().properties.headers)).toEqual({
      id: task(1).id,
      status: 'failed',
      error: 'the executor gave it up after 11 deliveries',
    });
  });

  it('that nobody can take ends in the kept queue and goes round no more', async () => {
    letter.mockImplementation(() => {
      throw new Error('disk full');
    });
    await startService();
    await startService(FAILURES);
    await publish('hello');
    const [first, second] = [await nextDeadLetter(), await nextDeadLetter()];
    expect([first, second].map(({ content }) => content.toString())).toEqual(['hello', 'hello']);
    expect(second.properties.headers?.['x-death']?.[0]).toMatchObject({
      reason: 'delivery_limit',
      queue: queueName(prefix, FAILURES),
    });
    expect(second.properties.headers?.['x-first-death-queue']).toBe(queueName(prefix, 'tasks'));
    expect(letter).toHaveBeenCalledTimes(DELIVERY_LIMIT + 1);
    for (const queue of [queueName(prefix, FAILURES), deadLetterName(prefix)]) await expectEmpty(queue);
  });
});

describe('a kept message', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

  it('can be looked at, as often as one likes', async () => {
    await startService();
    await publish('hello');
    await publish({ pattern: 'tasks', data: { ...task(1), kind: 'sort' } }, { traceparent });
    const letters = await vi.waitFor(
      async () => {
        const found = await lookAtKept(broker.url, prefix);
        expect(found).toHaveLength(2);
        return found.toSorted((a, b) => a.bytes - b.bytes);
      },
      { timeout: 10_000 },
    );
    const queue = queueName(prefix, 'tasks');
    expect(letters).toMatchObject([
      { id: undefined, queue, reason: 'rejected', traceId: undefined, bytes: 5, start: 'hello' },
      { id: task(1).id, queue, reason: 'rejected', traceId: '0af7651916cd43dd8448eb211c80319c' },
    ]);
    expect(Math.abs(Date.now() - Number(letters[0]?.diedAt))).toBeLessThan(60_000);
    expect(await lookAtKept(broker.url, prefix, { limit: 1 })).toHaveLength(1);
    expect(await lookAtKept(broker.url, prefix)).toHaveLength(2);
  });

  it('can be put back by choice: it is done as if it came for the first time, in its own trace', async () => {
    work.mockRejectedValue(new Error('disk full'));
    await startService();
    for (const id of [1, 2])
      await publish({ pattern: 'tasks', data: task(id) }, { traceparent, mine: 'yes', timestamp_in_ms: 1 });
    await vi.waitFor(async () => expect(await lookAtKept(broker.url, prefix)).toHaveLength(2), 15_000);
    work.mockReset().mockResolvedValue();
    const second = ({ id }: KeptLetter) => id === task(2).id;
    const returned = await putBackKept(broker.url, prefix, second, { now: () => 1_800_000_000_000 });
    expect(returned.map(({ id }) => id)).toEqual([task(2).id]);
    await vi.waitFor(() => expect(handled()).toEqual([task(2).id]));
    const { headers } = work.mock.calls[0]![1].getMessage().properties;
    expect(headers).toEqual({ traceparent, mine: 'yes', timestamp_in_ms: 1_800_000_000_000 });
    expect((await lookAtKept(broker.url, prefix)).map(({ id }) => id)).toEqual([task(1).id]);
  });

  it('that dies again is kept again, and put back once', async () => {
    await startService();
    for (const body of ['hello', 'you']) await publish(body);
    await vi.waitFor(async () => expect(await lookAtKept(broker.url, prefix)).toHaveLength(2), 10_000);
    expect(await putBackKept(broker.url, prefix, () => true)).toHaveLength(2);
    await vi.waitFor(async () => expect(await lookAtKept(broker.url, prefix)).toHaveLength(2), 10_000);
  });

  it('can be deleted by choice', async () => {
    await startService();
    for (const body of ['hello', 'you']) await publish(body);
    await vi.waitFor(async () => expect(await lookAtKept(broker.url, prefix)).toHaveLength(2), 10_000);
    const dropped = await dropKept(broker.url, prefix, ({ start }) => start === 'you');
    expect(dropped).toMatchObject([{ start: 'you' }]);
    expect(await lookAtKept(broker.url, prefix)).toMatchObject([{ start: 'hello' }]);
  });

  it('stays when the queue it died in is gone', async () => {
    const app = await startService();
    await publish('hello');
    await vi.waitFor(async () => expect(await lookAtKept(broker.url, prefix)).toHaveLength(1), 10_000);
    await app.close();
    await channel.deleteQueue(queueName(prefix, 'tasks'));
    expect(await putBackKept(broker.url, prefix, () => true)).toEqual([]);
    expect(await lookAtKept(broker.url, prefix)).toHaveLength(1);
  });

  it('is put back though the queue of another is gone, or cannot be one', async () => {
    await declareTopology(broker.url, prefix);
    const [kept, results] = [deadLetterName(prefix), queueName(prefix, 'results')];
    const queues = ['gone', 'gone', '', 'n'.repeat(256), results];
    for (const queue of queues) {
      channel.sendToQueue(kept, Buffer.from('hello'), { headers: { 'x-first-death-queue': queue } });
    }
    await channel.waitForConfirms();
    expect(await putBackKept(broker.url, prefix, () => true)).toMatchObject([{ queue: results }]);
    expect((await lookAtKept(broker.url, prefix)).map(({ queue }) => queue)).toEqual(queues.slice(0, -1));
    await expect(nextLetter(results)).resolves.toMatchObject({ properties: { headers: {} } });
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

  it('finishes a message that has come and is not at its handler yet', async () => {
    const { promise, resolve: letPass } = deferred();
    pass.mockImplementation(async () => {
      await promise;
      return true;
    });
    const app = await startService();
    await publish({ pattern: 'tasks', data: task(1) });
    await vi.waitFor(() => expect(pass).toHaveBeenCalledOnce());
    const closing = app.close();
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('disconnected'));
    letPass();
    await closing;
    expect(handled()).toEqual([task(1).id]);
    await expectEmpty(queueName(prefix, 'tasks'));
  });
});

describe('a second consumer', () => {
  const warnings = async (queue: ConsumedQueue, times: number): Promise<readonly unknown[]> => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
    for (let n = 0; n < times; n += 1) await startService(queue);
    const lines = warn.mock.calls.map(([line]) => line);
    warn.mockRestore();
    return lines;
  };

  it('of the notifications is warned about, once', async () => {
    expect(await warnings('notifications', 1)).toEqual([]);
    expect(await warnings('notifications', 1)).toEqual([
      `${queueName(prefix, 'notifications')} must have one consumer, instead it has 2: each gets some of the messages. ` +
        'End the others, or set another DISTRACE_QUEUE_PREFIX.',
    ]);
  });

  it('of the tasks shares the work', async () => {
    expect(await warnings('tasks', 2)).toEqual([]);
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
    const patient = emitConfirmed(app.get<ClientProxy>('PATIENT'), 'tasks', task(4));
    await broker.restart();
    await patient;
    await vi.waitFor(() => expect(app.get(BrokerHealth).state).toBe('ok'), 20_000);
    await vi.waitFor(() => emitConfirmed(client, 'tasks', task(3)), { timeout: 20_000, interval: 200 });
    await vi.waitFor(() => expect(handled()).toContain(task(3).id), 20_000);
    await vi.waitFor(() => expect(handled()).toContain(task(4).id), 20_000);
    await openChannel();
  }, 90_000);
});
