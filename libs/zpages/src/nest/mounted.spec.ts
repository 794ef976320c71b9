import { Controller, Get, Post, VersioningType } from '@nestjs/common';
import type { CanActivate } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import { ask } from '../core/http/serve.spec.helper.js';
import { ZpagesModule, ZpagesService } from '../index.js';
import { KeptLogs, moduleOf, start, traced } from './nest-app.spec.helper.js';
import type { MakeAdapter } from './nest-app.spec.helper.js';

const express: MakeAdapter = () => new ExpressAdapter();
const fastify: MakeAdapter = () => new FastifyAdapter();
const ADAPTERS = [
  ['Express', express],
  ['Fastify', fastify],
] as const;

@Controller({ version: ['1'] })
class Orders {
  @Get('orders')
  list() {
    return ['tea'];
  }

  @Post('orders')
  add() {
    return 'added';
  }
}

const TEXT = { headers: { accept: 'text/plain' } };

describe.each(ADAPTERS)('zPages on a Nest application (%s)', (_name, makeAdapter) => {
  it('show its spans under /zpages, in three formats, and leave the rest to it', async () => {
    const { processor, tracer } = traced();
    await using service = await start(makeAdapter, {
      imports: [ZpagesModule.forRoot({ processor, serviceName: 'orders' })],
      controllers: [Orders],
    });
    tracer.startSpan('pack tea');
    tracer.startSpan('ship tea').end();

    expect(service.zpages.url).toBe(`http://127.0.0.1:${service.port}/zpages/`);
    expect(service.logs.ours).toEqual(['log ZpagesModule: zPages under /zpages']);
    expect((await service.get('/zpages')).headers.location).toBe('./zpages/');
    expect((await service.get('/zpages/')).text).toContain('tracez');
    expect((await service.get('/zpages/tracez')).text).toMatch(/<!doctype html>.*pack tea/is);
    expect((await service.get('/zpages/tracez', TEXT)).text).toMatch(/^pack tea +1/m);
    const { rows } = JSON.parse((await service.get('/zpages/tracez?format=json')).text);
    expect(rows).toMatchObject([
      { name: 'pack tea', running: 1 },
      { name: 'ship tea', running: 0 },
    ]);
    expect((await service.get('/zpages/style.css')).headers['content-type']).toContain('text/css');
    expect(await service.get('/zpages/tracez', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(await service.get('http://localhost/zpages/tracez', TEXT)).toMatchObject({ status: 200 });
    expect((await service.get('/zpages/none', TEXT)).text).toContain('DT_ERR_ZPAGES_PAGE_UNKNOWN');

    expect((await service.get('/orders')).text).toBe('["tea"]');
    for (const theirs of ['/', '/zpagesy', '/zpage', '/tracez']) {
      expect((await service.get(theirs)).text).toContain(`Cannot GET ${theirs}`);
    }
  });

  it('have no prefix, version, guard, pipe, interceptor, filter or wildcard of the application in their way', async () => {
    const asked: string[] = [];
    const guard: CanActivate = { canActivate: () => asked.push('guard') < 0 };
    @Controller({ path: '*rest', version: ['1'] })
    class Everything {
      @Get()
      all() {
        return 'everything';
      }
    }
    await using service = await start(
      makeAdapter,
      {
        imports: [ZpagesModule.forRoot({ processor: traced().processor })],
        controllers: makeAdapter === express ? [Orders, Everything] : [Orders],
      },
      {
        main: (app) => {
          app.setGlobalPrefix('api');
          app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
          app.useGlobalGuards(guard);
          app.useGlobalPipes({ transform: () => asked.push('pipe') });
          app.useGlobalInterceptors({
            intercept: (_, next) => (asked.push('interceptor'), next.handle()),
          });
          app.useGlobalFilters({
            catch: (_, host) => {
              asked.push('filter');
              const response = host.switchToHttp().getResponse();
              response.status(418).send('filtered');
            },
          });
        },
      },
    );
    expect(await service.get('/zpages/tracez')).toMatchObject({ status: 200 });
    expect(await service.get('/zpages/none')).toMatchObject({ status: 404 });
    expect(asked).toEqual([]);
    const { status } = await service.get('/api/orders', { headers: { 'x-version': '1' } });
    expect([status, asked]).toEqual([418, ['guard', 'filter']]);
  });

  it.each([true, false])('have no body parser in their way (bodyParser: %s)', async (bodyParser) => {
    await using service = await start(
      makeAdapter,
      { imports: [ZpagesModule.forRoot({ processor: traced().processor })], controllers: [Orders] },
      { bodyParser },
    );
    const headers = { 'content-type': 'application/json', 'content-length': '1', ...TEXT.headers };
    const refused = await service.get('/zpages/tracez', { method: 'POST', headers, body: '{' });
    expect(refused.status).toBe(405);
    expect(refused.text).toContain('DT_ERR_ZPAGES_METHOD');
    expect(await service.get('/zpages/tracez')).toMatchObject({ status: 200 });
  });

  it('keep their own policy where the application sets another, and take back what CORS grants', async () => {
    await using service = await start(
      makeAdapter,
      { imports: [ZpagesModule.forRoot({ processor: traced().processor })], controllers: [Orders] },
      {
        main: (app) => {
          app.enableCors();
          app.useSecurityHeaders();
        },
      },
    );
    const origin = { headers: { origin: 'http://evil.test' } };
    const { headers } = await service.get('/zpages/tracez', origin);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const theirs = await service.get('/orders', origin);
    expect(theirs.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'content-security-policy': expect.not.stringContaining("default-src 'none'"),
    });
  });

  it('let in whom authorize lets in', async () => {
    const { processor } = traced();
    const authorize = ({ headers }: { headers: NodeJS.Dict<unknown> }) => headers['x-key'] === 'mine';
    await using service = await start(makeAdapter, {
      imports: [ZpagesModule.forRoot({ processor, authorize })],
    });
    expect(await service.get('/zpages/tracez')).toMatchObject({ status: 403 });
    const known = { headers: { 'x-key': 'mine', 'x-forwarded-for': '10.0.0.1' } };
    expect(await service.get('/zpages/tracez', known)).toMatchObject({ status: 200 });
    const foreign = { headers: { 'x-key': 'mine', host: 'evil.test' } };
    expect(await service.get('/zpages/tracez', foreign)).toMatchObject({ status: 403 });
  });

  it('are where path says', async () => {
    const { processor } = traced();
    await using service = await start(makeAdapter, {
      imports: [ZpagesModule.forRoot({ processor, path: 'internal/z-1/' })],
    });
    expect(service.zpages.url).toMatch(/\/internal\/z-1\/$/);
    expect(await service.get('/internal/z-1/tracez')).toMatchObject({ status: 200 });
    expect((await service.get('/internal/z-1')).headers.location).toBe('./z-1/');
    expect(await service.get('/zpages/tracez')).toMatchObject({ status: 404 });
  });

  it('work in an application of a testing module, which is initialized and never listens', async () => {
    const { processor } = traced();
    const testing = await Test.createTestingModule({
      imports: [ZpagesModule.forRoot({ processor })],
      controllers: [Orders],
    }).compile();
    const app = testing.createNestApplication(makeAdapter());
    await app.init();
    await (app.getHttpAdapter().getInstance() as { ready?(): Promise<void> }).ready?.();
    const server = app.getHttpServer() as ReturnType<typeof createServer>;
    expect(app.get(ZpagesService).url).toBeUndefined();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await ask(port, '/zpages/tracez')).toMatchObject({ status: 200 });
    expect((await ask(port, '/orders')).text).toBe('["tea"]');
    await app.close();
  });

  it('are those of each application, of two in one process', async () => {
    const [one, two] = [traced(), traced()];
    await using first = await start(makeAdapter, {
      imports: [ZpagesModule.forRoot({ processor: one.processor })],
    });
    await using second = await start(makeAdapter, {
      imports: [ZpagesModule.forRoot({ processor: two.processor, path: '/z' })],
    });
    one.tracer.startSpan('of the first');
    two.tracer.startSpan('of the second');
    const firstText = (await first.get('/zpages/tracez', TEXT)).text;
    const secondText = (await second.get('/z/tracez', TEXT)).text;
    expect(firstText).toContain('of the first');
    expect(firstText).not.toContain('of the second');
    expect(secondText).toContain('of the second');
    await first.app.close();
    expect(await second.get('/z/tracez')).toMatchObject({ status: 200 });
  });
});

describe('zPages on a Nest application on Express', () => {
  it('work below another Express application, under any prefix', async () => {
    const { processor } = traced();
    await using inner = await start(express, { imports: [ZpagesModule.forRoot({ processor })] });
    await using outer = await start(
      express,
      { imports: [ZpagesModule.forRoot({ processor, path: '/own' })] },
      { main: (app) => app.use('/shop', inner.app.getHttpAdapter().getInstance()) },
    );
    expect((await outer.get('/shop/zpages')).headers.location).toBe('./zpages/');
    expect(await outer.get('/shop/zpages/tracez')).toMatchObject({ status: 200 });
    expect(await outer.get('/own/tracez')).toMatchObject({ status: 200 });
    expect(await outer.get('/zpages/tracez')).toMatchObject({ status: 404 });
  });

  it('come before middleware of the application, whatever it does to the response', async () => {
    const { processor } = traced();
    const seen: string[] = [];
    await using service = await start(
      express,
      { imports: [ZpagesModule.forRoot({ processor })], controllers: [Orders] },
      {
        main: (app) =>
          app.use(
            (
              request: { url: string },
              response: { setHeader(n: string, v: string): void },
              next: () => void,
            ) => {
              seen.push(request.url);
              response.setHeader('content-security-policy', "default-src 'self'");
              next();
            },
          ),
      },
    );
    await service.get('/zpages/tracez');
    await service.get('/orders');
    expect(seen).toEqual(['/orders']);
  });
});

describe('an HTTP adapter that pages cannot be put on', () => {
  it('costs a warning, and they get a port of their own', async () => {
    class Odd extends ExpressAdapter {
      override use(...args: unknown[]): unknown {
        if ((args[0] as { name: string }).name === 'zpages') throw new Error('no middleware here');
        return super.use(...args);
      }
    }
    const { processor } = traced();
    const logs = new KeptLogs();
    const AppModule = moduleOf({ imports: [ZpagesModule.forRoot({ processor })] });
    const app = await NestFactory.create(AppModule, new Odd(), { logger: logs });
    await app.listen(0, '127.0.0.1');
    const { url } = app.get(ZpagesService);
    expect(logs.ours).toEqual([
      'warn ZpagesModule: zPages cannot be put on this HTTP adapter (no middleware here): they get a port of their own.',
      `log ZpagesModule: zPages on ${url}`,
    ]);
    await app.close();
  });
});
