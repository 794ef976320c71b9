import 'reflect-metadata';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Controller } from '@nestjs/common';
import type { ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { describe, expect, it } from 'vitest';
import { ask } from '../core/http/serve.spec.helper.js';
import { ZpagesModule, ZpagesService } from '../index.js';
import { KeptLogs, moduleOf, start, traced } from './nest-app.spec.helper.js';
import type { MakeAdapter } from './nest-app.spec.helper.js';

const express: MakeAdapter = () => new ExpressAdapter();

const TEXT = { headers: { accept: 'text/plain' } };

@Controller()
class Sums {
  @MessagePattern('sum')
  sum(numbers: number[]) {
    return numbers.reduce((a, b) => a + b, 0);
  }
}

async function microservice(metadata: ModuleMetadata) {
  const logs = new KeptLogs();
  const app = await NestFactory.createMicroservice(moduleOf({ controllers: [Sums], ...metadata }), {
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port: 0 },
    logger: logs,
    abortOnError: false,
  });
  await app.listen();
  return { app, logs, zpages: app.get(ZpagesService), [Symbol.asyncDispose]: () => app.close() };
}

/** A port that is taken until this is disposed of. */
async function takenPort() {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

const portOf = (url: string | undefined) => Number(new URL(url ?? '').port);
const answers = (port: number) =>
  ask(port, '/tracez').then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => error.code,
  );

describe('zPages of a microservice without HTTP', () => {
  it('are on a free port of their own, which the log tells, until it is closed', async () => {
    const { processor, tracer } = traced();
    await using service = await microservice({ imports: [ZpagesModule.forRoot({ processor })] });
    tracer.startSpan('sum up');
    const { url } = service.zpages;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(service.logs.ours).toEqual([`log ZpagesModule: zPages on ${url}`]);
    expect((await ask(portOf(url), '/tracez', TEXT)).text).toMatch(/^sum up +1/m);
    expect(await ask(portOf(url), '/zpages/tracez')).toMatchObject({ status: 200 });
    expect(await ask(portOf(url), '/', { headers: { host: 'evil.test' } })).toMatchObject({ status: 403 });

    await service.app.close();
    expect(service.zpages.url).toBeUndefined();
    expect(await answers(portOf(url))).toBe('ECONNREFUSED');
    await service.app.close();
  });

  it('do not keep the process up', async () => {
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    const context = await NestFactory.createApplicationContext(
      moduleOf({ imports: [ZpagesModule.forRoot({ processor: traced().processor })] }),
      { logger: false },
    );
    expect(await answers(portOf(context.get(ZpagesService).url))).toBe(200);
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    expect(after).toBe(before);
    await context.close();
  });

  it('still show what runs while the service ends its work', async () => {
    const { processor, tracer } = traced();
    const seen: string[] = [];
    const slow = {
      provide: 'slow',
      inject: [ZpagesService],
      useFactory: ({ url }: ZpagesService) => {
        const look = async () => {
          seen.push((await ask(portOf(url ?? service.zpages.url), '/tracez', TEXT)).text);
        };
        return { onModuleDestroy: look, beforeApplicationShutdown: look };
      },
    };
    const service = await microservice({ imports: [ZpagesModule.forRoot({ processor })], providers: [slow] });
    tracer.startSpan('stuck at the end');
    await service.app.close();
    expect(seen).toHaveLength(2);
    for (const text of seen) expect(text).toContain('stuck at the end');
  });

  it('do without a port that is taken: the service works on, and a warning says what to do', async () => {
    await using taken = await takenPort();
    const { processor } = traced();
    await using service = await microservice({
      imports: [ZpagesModule.forRoot({ processor, port: taken.port })],
    });
    expect(service.logs.ours).toEqual([
      `warn ZpagesModule: zPages get a port of their own, and 127.0.0.1:${taken.port} cannot be had (EADDRINUSE): ` +
        'the application goes on without them. Give ZpagesModule another port, or 0 for a free one.',
    ]);
    expect(service.zpages.url).toBeUndefined();
    expect(service.zpages.aggregator.query({ kind: 'aggregations' }).ok).toBe(true);
  });
});

describe('zPages of an application with HTTP', () => {
  it('are on a port of their own when one is given, and not on the application', async () => {
    const { processor } = traced();
    await using service = await start(express, {
      imports: [ZpagesModule.forRoot({ processor, port: 0, host: 'localhost' })],
    });
    const { url } = service.zpages;
    expect(url).toMatch(/^http:\/\/localhost:\d+\/$/);
    expect(portOf(url)).not.toBe(service.port);
    expect(await service.get('/zpages/tracez')).toMatchObject({ status: 404 });
    const response = await fetch(`${url}tracez`);
    expect(response.status).toBe(200);
    await response.text();
    await service.app.close();
    await service.app.close();
    expect(await answers(portOf(url))).toBe('ECONNREFUSED');
  });
});
