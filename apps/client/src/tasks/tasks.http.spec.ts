import 'reflect-metadata';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MAX_TEXT_BYTES } from '../http/limits.js';
import { doneOf, startTestClient, type TestClient } from '../testing.js';
import { TasksLockedError } from './tasks-locked-error.js';
import type { TasksOptions } from './tasks.service.js';

let client: TestClient;

async function restart(options: TasksOptions): Promise<void> {
  await client.app.close();
  client = await startTestClient({ closeWaitMs: 100, ...options });
}

const http = () => request(client.app.getHttpServer());
const post = () => http().post('/tasks');
const postText = (text: string | Buffer) => post().type('text/plain').send(text);

beforeEach(async () => {
  client = await startTestClient({ closeWaitMs: 100 });
});
afterEach(() => client.app.close());

describe('POST /tasks', () => {
  it('takes plain text and answers with the result', async () => {
    const { status, headers, body } = await postText('to be or not');
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/tasks/${body.id}`);
    expect(body).toMatchObject({ status: 'done', kind: 'count-words', bytes: 12, result: { words: 4 } });
    expect(body.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(client.sent).toMatchObject([{ id: body.id, kind: 'count-words', text: 'to be or not' }]);
  });

  it('says where the trace is, when it knows', async () => {
    await restart({ traceUrl: 'http://127.0.0.1:9411/zipkin/traces/{traceId}' });
    const { body } = await postText('to be or not');
    const traceUrl = `http://127.0.0.1:9411/zipkin/traces/${body.traceId}`;
    expect(body).toMatchObject({ traceUrl });
    expect((await http().get(`/tasks/${body.id}`)).body).toMatchObject({ traceUrl });
    expect((await http().get('/tasks')).body).toMatchObject([{ traceUrl }]);
  });

  it('takes JSON', async () => {
    await post().send({ text: 'to be', kind: 'count-words' }).expect(201);
    expect(client.sent[0]?.text).toBe('to be');
  });

  it('takes an uploaded file', async () => {
    await post().field('kind', 'count-words').attach('file', Buffer.from('añb c'), 'x.txt').expect(201);
    expect(client.sent[0]?.text).toBe('añb c');
  });

  it('sends a text on without byte order mark and with one kind of line end', async () => {
    await postText('\uFEFFa\r\nb\rc\n').expect(201);
    expect(client.sent[0]?.text).toBe('a\nb\nc\n');
  });

  const full = 'a '.repeat(MAX_TEXT_BYTES / 2);

  it.each([
    ['plain text', () => postText(full)],
    ['JSON', () => post().send({ text: full })],
    [
      'JSON with every character escaped',
      () =>
        post()
          .type('json')
          .send(`{"text":"${String.raw`\u0061`.repeat(MAX_TEXT_BYTES)}"}`),
    ],
    ['an upload', () => post().attach('file', Buffer.from(full), 'x.txt')],
  ])('takes 2 MiB as %s', async (_name, send) => {
    const { status, body } = await send();
    expect(status).toBe(201);
    expect(body.bytes).toBe(MAX_TEXT_BYTES);
  });

  const tooLong = 'a'.repeat(3 * 1024 * 1024);
  const latin1 = Buffer.from('caf\u00e9', 'latin1');

  it.each([
    ['no text', () => post().type('text/plain'), 400, 'DT_ERR_EMPTY_TEXT'],
    ['white space', () => postText(' \n\t\uFEFF'), 400, 'DT_ERR_EMPTY_TEXT'],
    ['bytes that are not UTF-8', () => postText(latin1), 400, 'DT_ERR_NOT_UTF8'],
    [
      'JSON bytes that are not UTF-8',
      () =>
        post()
          .type('json')
          .serialize((bytes) => bytes as never)
          .send(Buffer.concat([Buffer.from('{"text":"'), latin1, Buffer.from('"}')]) as never),
      400,
      'DT_ERR_NOT_UTF8',
    ],
    [
      'a lone surrogate',
      () =>
        post()
          .type('json')
          .send(String.raw`{"text":"a\ud800"}`),
      400,
      'DT_ERR_NOT_UTF8',
    ],
    ['an upload that is not UTF-8', () => post().attach('file', latin1, 'x.txt'), 400, 'DT_ERR_NOT_UTF8'],
    [
      'another charset',
      () => post().type('text/plain; charset=utf-16').send('a'),
      415,
      'DT_ERR_UNSUPPORTED_TYPE',
    ],
    ['3 MB of text', () => postText(tooLong), 413, 'DT_ERR_TOO_LARGE'],
    ['3 MB in JSON', () => post().send({ text: tooLong }), 413, 'DT_ERR_TOO_LARGE'],
    ['3 MB as a file', () => post().attach('file', Buffer.from(tooLong), 'x.txt'), 413, 'DT_ERR_TOO_LARGE'],
    ['an unknown kind', () => post().send({ text: 'a', kind: 'sort' }), 400, 'DT_ERR_UNKNOWN_KIND'],
    ['a kind that is no string', () => post().send({ text: 'a', kind: 7 }), 400, 'DT_ERR_UNKNOWN_KIND'],
    [
      'another content type',
      () => post().type('application/xml').send('<a/>'),
      415,
      'DT_ERR_UNSUPPORTED_TYPE',
    ],
    ['no content type', () => post(), 415, 'DT_ERR_UNSUPPORTED_TYPE'],
    ['malformed JSON', () => post().type('json').send('{"text":'), 400, 'DT_ERR_MALFORMED_JSON'],
    ['JSON without a text', () => post().send({ words: 'a' }), 400, 'DT_ERR_NO_TEXT'],
    ['JSON that is no object', () => post().type('json').send('"a"'), 400, 'DT_ERR_NO_TEXT'],
    ['an upload without a file', () => post().field('text', 'a'), 400, 'DT_ERR_NO_TEXT'],
    [
      'a file in another field',
      () => post().attach('upload', Buffer.from('a'), 'x.txt'),
      400,
      'DT_ERR_BAD_REQUEST',
    ],
    ['broken multipart', () => post().type('multipart/form-data').send('a'), 400, 'DT_ERR_BAD_REQUEST'],
  ])('refuses %s and says why', async (_name, send, status, code) => {
    const answer = await send();
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status, code });
    expect(answer.body.statusCode).toBe(status);
    expect(answer.body.message.length).toBeGreaterThan(40);
    expect(client.sent).toEqual([]);
  });

  it('answers 202 when the wait is over, and keeps the late result', async () => {
    await restart({ waitMs: 20 });
    client.behaviour = 'confirm only';
    const { status, headers, body } = await postText('to be');
    expect(status).toBe(202);
    expect(headers['location']).toBe(`/tasks/${body.id}`);
    expect(body).toMatchObject({ status: 'running' });
    client.settle(doneOf({ id: body.id, text: 'to be' }));
    const later = await http()
      .get(headers['location'] ?? '')
      .expect(200);
    expect(later.body).toMatchObject({ status: 'done', traceId: body.traceId, result: { words: 2 } });
  });

  it('answers 502 when the task failed', async () => {
    client.behaviour = 'fail the task';
    const { status, headers, body } = await postText('to be');
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'DT_ERR_TASK_FAILED', status: 'failed', error: 'disk full' });
    expect(headers['location']).toBe(`/tasks/${body.id}`);
  });

  it.each(['be away', 'stay silent'] as const)(
    'answers 503 and remembers the task when the broker is there to %s',
    async (behaviour) => {
      await restart({ sendTimeoutMs: 30 });
      client.behaviour = behaviour;
      const { status, headers, body } = await postText('to be');
      expect(status).toBe(503);
      expect(body).toMatchObject({ code: 'DT_ERR_UNSENT', status: 'unsent' });
      const later = await http()
        .get(headers['location'] ?? '')
        .expect(200);
      expect(later.body).toMatchObject({ id: body.id, status: 'unsent' });
    },
  );

  it('sends a task again until the broker has confirmed it', async () => {
    client.behaviour = 'be away';
    const answer = postText('to be').then(({ status }) => status);
    await vi.waitFor(() => expect(client.sent).toHaveLength(1));
    client.behaviour = 'answer';
    await expect(answer).resolves.toBe(201);
    expect(new Set(client.sent.map(({ id }) => id)).size).toBe(1);
  });

  it('answers 502 to who waits for a task whose message died', async () => {
    client.behaviour = 'confirm only';
    const answer = postText('to be').then(({ status, body }) => ({ status, error: body.error }));
    await vi.waitFor(() => expect(client.sent).toHaveLength(1));
    const { id } = client.sent[0]!;
    client.settleByDeadLetter({ id, status: 'failed', error: 'given up' });
    await expect(answer).resolves.toEqual({ status: 502, error: 'given up' });
  });

  it('answers 503 when too many tasks run', async () => {
    await restart({ waitMs: 10, maxOpen: 1 });
    client.behaviour = 'confirm only';
    await postText('a').expect(202);
    const { status, body } = await postText('b');
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'DT_ERR_BUSY' });
  });

  it('answers who waits before it closes', async () => {
    client.behaviour = 'confirm only';
    const answer = postText('a').then(({ status, body }) => ({ status, state: body.status }));
    await vi.waitFor(() => expect(client.sent).toHaveLength(1));
    await client.app.close();
    await expect(answer).resolves.toEqual({ status: 202, state: 'running' });
  });

  it('gives up sending when it closes: a broker that is away holds nobody up', async () => {
    client.behaviour = 'be away';
    const answer = postText('a').then(({ status, body }) => ({ status, code: body.code }));
    await vi.waitFor(() => expect(client.sent.length).toBeGreaterThan(0));
    await client.app.close();
    await expect(answer).resolves.toEqual({ status: 503, code: 'DT_ERR_UNSENT' });
  });

  it('refuses a request that a page of another origin makes', async () => {
    const { status } = await postText('a').set('Sec-Fetch-Site', 'cross-site');
    expect(status).toBe(403);
    expect(client.sent).toEqual([]);
  });
});

describe('GET /tasks', () => {
  it('lists the latest first, as many as asked for', async () => {
    const ids: string[] = [];
    for (const text of ['a', 'b', 'c']) ids.unshift((await postText(text)).body.id);
    const all = await http().get('/tasks').expect(200);
    expect(all.body.map(({ id }: { id: string }) => id)).toEqual(ids);
    const two = await http().get('/tasks?limit=2').expect(200);
    expect(two.body).toHaveLength(2);
  });

  it.each(['0', '-1', '1.5', '201', 'all', ''])('refuses the limit "%s"', async (limit) => {
    const { status, body } = await http().get(`/tasks?limit=${limit}`);
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'DT_ERR_BAD_LIMIT' });
  });

  it('answers 404 for a task it does not know', async () => {
    const { status, body } = await http().get('/tasks/6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d');
    expect({ status, code: body.code }).toEqual({ status: 404, code: 'DT_ERR_NO_TASK' });
  });

  it('says that it is the path which cannot be read', async () => {
    const { status, body } = await http().get('/tasks/%E0%A4%A');
    expect({ status, code: body.code }).toEqual({ status: 400, code: 'DT_ERR_BAD_REQUEST' });
    expect(body.message).toBe(
      "The path must be percent-encoded UTF-8, instead got '/tasks/%E0%A4%A'. Encode it with encodeURIComponent.",
    );
  });

  it('keeps a notification for a task that it did not send', async () => {
    const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
    client.settle(doneOf({ id, text: 'a b' }));
    const { body } = await http().get(`/tasks/${id}`).expect(200);
    expect(body).toMatchObject({ status: 'done', result: { words: 2 } });
  });
});

describe('a dead letter', () => {
  const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
  const died = { id, status: 'failed', error: 'given up' } as const;
  const stateOf = async () => {
    const { status, error } = (await http().get(`/tasks/${id}`).expect(200)).body;
    return { status, error };
  };

  it('says that a task failed, also one of a client that lost its data, and again changes nothing', async () => {
    client.settleByDeadLetter(died);
    client.settleByDeadLetter(died);
    expect(await stateOf()).toEqual({ status: 'failed', error: 'given up' });
  });

  it('leaves the reason that was given before', async () => {
    client.settle({ id, status: 'failed', error: 'disk full' });
    client.settleByDeadLetter(died);
    expect(await stateOf()).toEqual({ status: 'failed', error: 'disk full' });
  });

  it('gives way to the reason that comes after it', async () => {
    client.settleByDeadLetter(died);
    client.settle({ id, status: 'failed', error: 'disk full' });
    expect(await stateOf()).toEqual({ status: 'failed', error: 'disk full' });
  });

  it('never makes a done task a failed one; a result makes a failed one done', async () => {
    client.settleByDeadLetter(died);
    client.settle(doneOf({ id, text: 'a b' }));
    client.settleByDeadLetter(died);
    expect(await stateOf()).toEqual({ status: 'done' });
  });
});

describe('a client that was restarted', () => {
  it('knows its tasks: done, failed and running', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'client-'));
    try {
      await restart({ waitMs: 20, dataDir });
      const ids: string[] = [];
      for (const behaviour of ['answer', 'fail the task', 'confirm only'] as const) {
        client.behaviour = behaviour;
        ids.push((await postText('to be')).body.id);
      }
      await restart({ waitMs: 20, dataDir });
      const states = await Promise.all(ids.map(async (id) => (await http().get(`/tasks/${id}`)).body.status));
      expect(states).toEqual(['done', 'failed', 'running']);
      client.settle(doneOf({ id: ids[2] ?? '', text: 'to be' }));
      const { body } = await http().get(`/tasks/${ids[2]}`).expect(200);
      expect(body).toMatchObject({ status: 'done', bytes: 5, result: { words: 2 } });
    } finally {
      await client.app.close();
      rmSync(dataDir, { recursive: true });
      client = await startTestClient();
    }
  });
});

describe('a list of tasks that another process locks', () => {
  const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
  let dataDir: string;
  let other: DatabaseSync;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'client-'));
    await restart({ waitMs: 20, sendTimeoutMs: 30, dataDir });
    other = new DatabaseSync(join(dataDir, 'tasks.db'));
  });
  afterEach(async () => {
    other.close();
    await restart({});
    rmSync(dataDir, { recursive: true });
  });

  const lock = () => other.exec('BEGIN IMMEDIATE');
  const unlock = () => other.exec('ROLLBACK');

  it('answers 503 soon, sends nothing, and takes the task once it can', async () => {
    lock();
    const start = performance.now();
    const { status, body } = await postText('a');
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'DT_ERR_TASKS_LOCKED' });
    // Of SQLite's 200 ms and what else there is; it was 5000.
    expect(performance.now() - start).toBeLessThan(4000);
    expect(client.sent).toEqual([]);
    unlock();
    await postText('a').expect(201);
  });

  it('is still read', async () => {
    client.settle(doneOf({ id, text: 'a' }));
    lock();
    const statuses = [(await http().get(`/tasks/${id}`)).status, (await http().get('/tasks')).status];
    expect(statuses).toEqual([200, 200]);
  });

  it('does not take a notification, so that it is delivered again', () => {
    lock();
    expect(() => client.settle(doneOf({ id, text: 'a' }))).toThrow(TasksLockedError);
    unlock();
    client.settle(doneOf({ id, text: 'a' }));
  });

  it('answers with the id when the lock comes after the task', async () => {
    client.behaviour = 'be away';
    const unsent = postText('a').then((answer) => answer);
    await vi.waitFor(() => expect(client.sent).toHaveLength(1), { interval: 1 });
    lock();
    const { status, headers, body } = await unsent;
    unlock();
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'DT_ERR_UNSENT' });
    expect(headers['location']).toBe(`/tasks/${client.sent[0]?.id}`);
  });
});

describe('GET /', () => {
  it('serves a page that runs under a strict policy', async () => {
    const { text, headers } = await http().get('/').expect(200);
    expect(headers['content-type']).toContain('text/html');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-powered-by']).toBeUndefined();
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/);
    for (const [, path] of text.matchAll(/(?:src|href)="([^"]+)"/g)) await http().get(`/${path}`).expect(200);
  });

  it('shows what came from elsewhere as text only', async () => {
    const { text } = await http().get('/page.js').expect(200);
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write/);
  });
});
