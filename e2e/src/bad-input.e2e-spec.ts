import { deadLetterName, QUEUES, queueName } from '@distrace/messaging';
import { connect } from 'amqplib';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { startDeployment } from './support/deployment.ts';
import type { Deployment } from './support/deployment.ts';

const amqpUrl = inject('amqpUrl');
let deployment: Deployment;
let broker: ChannelModel;
let channel: ConfirmChannel;
let client: ReturnType<typeof supertest>;

beforeAll(async () => {
  deployment = await startDeployment(amqpUrl);
  client = supertest(deployment.url('client'));
  broker = await connect(amqpUrl);
  channel = await broker.createConfirmChannel();
});

afterAll(async () => {
  await broker.close();
  await deployment[Symbol.asyncDispose]();
});

async function publish(queue: string, body: string | Buffer): Promise<void> {
  channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
  await channel.waitForConfirms();
}

async function takeDeadLetters(count: number): Promise<string[]> {
  const bodies: string[] = [];
  await vi.waitFor(
    async () => {
      const message = await channel.get(deadLetterName(deployment.prefix), { noAck: true });
      if (message !== false) bodies.push(message.content.toString());
      expect(bodies.length).toBeGreaterThanOrEqual(count);
    },
    { timeout: 20_000, interval: 5 },
  );
  return bodies;
}

const postText = (text: string) => client.post('/tasks').set('content-type', 'text/plain').send(text);

describe('messages that are none of ours', () => {
  it.each(QUEUES)('are dead-lettered from %s, and its consumer lives', async (queue) => {
    const bad = [
      'no JSON',
      '',
      'null',
      '[]',
      '{"pattern":"unknown","data":1}',
      `{"pattern":"${queue}"}`,
      `{"pattern":"${queue}","data":{"id":"../../etc/passwd"}}`,
    ];
    for (const body of bad) await publish(queueName(deployment.prefix, queue), body);
    const kept = await takeDeadLetters(bad.length);
    expect(kept.toSorted()).toEqual(bad.toSorted());
    await postText('still alive').expect(201);
  });
});

describe('requests that make no task', () => {
  const big = 'x'.repeat(3 * 1024 * 1024);
  it.each([
    ['an empty text', 'text/plain', '', 400],
    ['white space', 'text/plain', ' \n\t ', 400],
    ['3 MB', 'text/plain', big, 413],
    ['3 MB of JSON', 'application/json', JSON.stringify({ text: big }), 413],
    ['malformed JSON', 'application/json', '{"text":', 400],
    ['JSON without a text', 'application/json', '{"words":1}', 400],
    ['an unknown kind', 'application/json', '{"text":"a","kind":"paint"}', 400],
    ['another content type', 'application/xml', '<a/>', 415],
  ])('%s: a status and a message that says the rule', async (_, type, body, status) => {
    const response = await client.post('/tasks').set('content-type', type).send(body);
    expect(response.status).toBe(status);
    expect((response.body as { message: string }).message.length).toBeGreaterThan(20);
  });

  it('bytes that are no UTF-8', async () => {
    const response = await fetch(`${deployment.url('client')}/tasks`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from([0x61, 0xff, 0xfe]),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('UTF-8');
  });

  it('an unknown id, and lists that cannot be', async () => {
    const paths = [
      '/tasks/00000000-0000-4000-8000-000000000000',
      '/tasks/..%2f..%2fetc',
      '/tasks?limit=minus',
    ];
    const answers = await Promise.all(paths.map((path) => client.get(path)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 400]);
  });

  it('leave the client taking uploads and JSON', async () => {
    const upload = await client.post('/tasks').attach('file', Buffer.from('two words'), 'a.txt').expect(201);
    expect(upload.body).toMatchObject({ status: 'done', result: { words: 2 } });
    const json = await client.post('/tasks').send({ text: 'three more words' }).expect(201);
    expect(json.body).toMatchObject({ status: 'done', result: { words: 3 } });
    const { id } = json.body as { id: string };
    const one = await client.get(`/tasks/${id}`).expect(200);
    expect(one.body).toMatchObject({ id, status: 'done' });
    expect(json.headers['location']).toBe(`/tasks/${id}`);
  });
});

describe('a task that takes longer than the client waits', () => {
  it('is 202 with a place to ask, and done later', async () => {
    await using slow = await startDeployment(amqpUrl, { TASK_WAIT_MS: '1' });
    const accepted = await supertest(slow.url('client')).post('/tasks').send({ text: 'a b' }).expect(202);
    const place = accepted.headers['location'] ?? '';
    await vi.waitFor(
      async () => {
        const { body } = await supertest(slow.url('client')).get(place).expect(200);
        expect(body).toMatchObject({ status: 'done', result: { words: 2 } });
      },
      { timeout: 10_000, interval: 20 },
    );
  });
});
