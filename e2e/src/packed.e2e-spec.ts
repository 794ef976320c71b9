import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@distrace/broker';
import { parseSpool } from '@distrace/start';
import type { Span } from '@distrace/zipkin';
import { expect, inject, it, vi } from 'vitest';
import { filesOf, makePackedApp, NEST_PACKAGES, readText, tsconfigOf } from './support/packed-app.ts';

it('the guide’s service, made outside the workspace from the packed libraries, is one trace across RabbitMQ', async () => {
  const guide = await readText('docs/guides/trace-your-nest-service.md');
  const port = await freePort();
  // Of the files it shows twice the later one, with the queue; only what belongs to this machine and run is another.
  const files = new Map(
    filesOf(guide).map(([name, text]) => [
      name,
      text
        .replaceAll('amqp://127.0.0.1:5672', inject('amqpUrl'))
        .replaceAll("queue: 'shipping'", `queue: 'shipping-${process.pid}'`)
        .replaceAll('3000', String(port))
        .replaceAll('console()', 'disk(spans.ndjson)'),
    ]),
  );
  await using app = await makePackedApp({
    libraries: ['zipkin', 'tracing'],
    packages: NEST_PACKAGES,
    files,
    tsconfig: tsconfigOf(guide),
  });

  const service = spawn(process.execPath, ['dist/main.js'], { cwd: app.folder, stdio: 'ignore' });
  await vi.waitFor(
    async () => {
      const response = await fetch(`http://127.0.0.1:${port}/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"what":"tea"}',
      });
      expect(await response.json()).toEqual({ accepted: 'tea' });
    },
    { timeout: 20_000, interval: 100 },
  );
  service.kill('SIGTERM');
  await once(service, 'exit');

  const { spans } = parseSpool(await readFile(join(app.folder, 'spans.ndjson'), 'utf8'), 'spans.ndjson');
  expect(chain(spans)).toEqual([
    'SERVER POST /orders',
    `PRODUCER send shipping-${process.pid}`,
    `CONSUMER process shipping-${process.pid}`,
  ]);
}, 180_000);

/** From the root downwards, each the only child of the one before. */
function chain(spans: readonly Span[]): string[] {
  const line: string[] = [];
  let next = spans.filter(({ parentId }) => parentId === undefined);
  while (next.length > 0) {
    expect(next).toHaveLength(1);
    const [span] = next;
    line.push(`${span?.kind} ${span?.name}`);
    next = spans.filter(({ parentId }) => parentId === span?.id);
  }
  return line;
}
