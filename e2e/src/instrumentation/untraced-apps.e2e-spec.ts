import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { submitTask } from '@distrace/start';
import { describe, expect, inject, it } from 'vitest';
import { findTask, postTask, untilTask } from '../support/tasks.ts';
import { startUntraced } from './untraced-apps.ts';

const amqpUrl = inject('amqpUrl');

describe('the untraced apps, by themselves', () => {
  it('do a task, keep its result twice, and know nothing of a trace', async () => {
    await using apps = await startUntraced(amqpUrl);
    const client = apps.url('client');
    const signal = AbortSignal.timeout(60_000);
    const { id, result, answered, traceId } = await submitTask(client, 'to be or not to be', { signal });
    expect(result).toEqual({ id, words: 6, uniqueWords: 4, longestWord: 'not', chunks: 2 });
    expect({ answered, traceId }).toEqual({ answered: true, traceId: undefined });
    const kept = await readFile(join(apps.dataDir('exporter'), 'results', `${id}.json`), 'utf8');
    expect(JSON.parse(kept)).toEqual(result);
    expect(await findTask(client, id)).toMatchObject({ code: 200, status: 'done' });
    expect(await findTask(client, randomUUID())).toMatchObject({ code: 404 });
    expect(await postTask(client, '')).toMatchObject({ code: 400 });
    for (const app of ['client', 'executor', 'exporter'] as const) {
      expect(await apps.end(app, 'SIGTERM')).toBe(0);
    }
  });

  it('lose no task when an executor is killed in the middle of it', async () => {
    await using apps = await startUntraced(amqpUrl, { envOf: () => ({ TASK_WAIT_MS: '1' }) });
    const client = apps.url('client');
    await apps.end('executor', 'SIGKILL');
    const { code, id } = await postTask(client, 'word '.repeat(400_000));
    expect(code).toBe(202);
    await apps.start('executor');
    await apps.end('executor', 'SIGKILL');
    await apps.start('executor');
    expect((await untilTask(client, id, 'done')).result?.words).toBe(400_000);
  });
});
