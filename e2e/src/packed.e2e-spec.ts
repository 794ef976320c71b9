import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '@distrace/broker';
import { parseSpool } from '@distrace/start';
import type { Span } from '@distrace/zipkin';
import { expect, inject, it, vi } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GUIDE = join(ROOT, 'docs/guides/trace-your-nest-service.md');

/** The packages that the guide tells to install besides ours, at the versions of this workspace. */
async function packages(): Promise<string[]> {
  const names = [
    '@opentelemetry/api',
    '@opentelemetry/sdk-node',
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-express',
    '@nestjs/microservices',
    'reflect-metadata',
    'rxjs',
    'amqplib',
    'amqp-connection-manager',
    'typescript',
    '@types/node',
  ];
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string }>;
  };
  return names.map((name) => `${name}@${lock.packages[`node_modules/${name}`]?.version}`);
}

/** The files of the guide; of those it shows twice the later one, with the queue. */
async function snippets(): Promise<Map<string, string>> {
  const guide = await readFile(GUIDE, 'utf8');
  const files = [...guide.matchAll(/```ts\n\/\/ (src\/(?:tracing|app\.module|main)\.ts)\n(.*?)```/gs)];
  return new Map(files.map(([, name = '', text = '']) => [name, text]));
}

it('the guide’s service, made outside the workspace from the packed libraries, is one trace across RabbitMQ', async () => {
  const app = await mkdtemp(join(tmpdir(), 'packed-'));
  const port = await freePort();
  try {
    await mkdir(join(app, 'src'));
    for (const [name, text] of await snippets()) {
      // Only what belongs to this machine and run is another.
      const here = text
        .replaceAll('amqp://127.0.0.1:5672', inject('amqpUrl'))
        .replaceAll("queue: 'shipping'", `queue: 'shipping-${process.pid}'`)
        .replaceAll('3000', String(port))
        .replaceAll('console()', `disk(${join(app, 'spans.ndjson')})`);
      await writeFile(join(app, name), here);
    }
    const tsconfig = /```json\n(.*?)```/s.exec(await readFile(GUIDE, 'utf8'))?.[1] ?? '';
    await writeFile(join(app, 'tsconfig.json'), tsconfig);
    await writeFile(join(app, 'package.json'), '{ "type": "module", "private": true }');

    const pack = ['pack', '-w', '@distrace/zipkin', '-w', '@distrace/tracing', '--pack-destination', app];
    await run('npm', pack, { cwd: ROOT });
    const tarballs = ['zipkin', 'tracing'].map((name) => `./distrace-${name}-0.1.0.tgz`);
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await run('npm', ['install', ...quiet, ...tarballs, ...(await packages())], { cwd: app });
    await run(process.execPath, [join(app, 'node_modules/typescript/bin/tsc'), '-p', app]);

    const service = spawn(process.execPath, [join(app, 'dist/main.js')], { stdio: 'ignore' });
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

    const { spans } = parseSpool(await readFile(join(app, 'spans.ndjson'), 'utf8'), 'spans.ndjson');
    expect(chain(spans)).toEqual([
      'SERVER POST /orders',
      `PRODUCER send shipping-${process.pid}`,
      `CONSUMER process shipping-${process.pid}`,
    ]);
  } finally {
    await rm(app, { recursive: true });
  }
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
