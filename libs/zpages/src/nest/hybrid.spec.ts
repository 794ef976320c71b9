import { Controller, Get, Module } from '@nestjs/common';
import { MessagePattern, Transport } from '@nestjs/microservices';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ask } from '../core/http/serve.spec.helper.js';
import { ZpagesModule } from '../index.js';
import type { ZpagesModuleOptions } from '../index.js';
import { start, traced } from './nest-app.spec.helper.js';
import type { MakeAdapter } from './nest-app.spec.helper.js';
import { ZpagesService } from './zpages.service.js';

const express: MakeAdapter = () => new ExpressAdapter();
const fastify: MakeAdapter = () => new FastifyAdapter();
const ADAPTERS = [
  ['Express', express],
  ['Fastify', fastify],
] as const;

const TCP: MicroserviceOptions = { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } };

@Controller()
class Both {
  @Get('both')
  http() {
    return 'http';
  }

  @MessagePattern('both')
  message() {
    return 'message';
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(ADAPTERS)('zPages on a hybrid application (%s)', (_name, makeAdapter) => {
  it.each([undefined, 0])(
    'are there once, however many microservices initialize and when (port: %s)',
    async (port) => {
      const inits = vi.spyOn(ZpagesService.prototype, 'onModuleInit');
      const { processor, tracer } = traced();
      await using service = await start(
        makeAdapter,
        { imports: [ZpagesModule.forRoot({ processor, port })], controllers: [Both] },
        {
          main: async (app) => {
            app.connectMicroservice(TCP);
            app.connectMicroservice(TCP, { deferInitialization: true, inheritAppConfig: true });
            await app.startAllMicroservices();
          },
        },
      );
      tracer.startSpan('handle both');
      expect(inits).toHaveBeenCalled();
      expect(service.logs.ours).toHaveLength(1);
      const { url = '' } = service.zpages;
      const page = await ask(Number(new URL(url).port), `${new URL(url).pathname}tracez?format=text`);
      expect(page.text).toMatch(/^handle both +1/m);
      expect((await service.get('/both')).text).toBe('http');
    },
  );
});

describe('ZpagesModule.forRootAsync', () => {
  const { processor } = traced();

  @Module({ providers: [{ provide: 'config', useValue: { path: '/from-config' } }], exports: ['config'] })
  class Config {}

  it('takes the options of a factory, with what is injected into it', async () => {
    await using service = await start(express, {
      imports: [
        ZpagesModule.forRootAsync({
          imports: [Config],
          inject: ['config'],
          useFactory: async (config: { path: string }) => ({ processor, ...config }),
        }),
      ],
    });
    expect(service.zpages.url).toMatch(/\/from-config\/$/);
    expect(await service.get('/from-config/tracez')).toMatchObject({ status: 200 });
  });

  it('takes the options of a class', async () => {
    class Options {
      create() {
        return { processor, path: '/of-class' };
      }
    }
    await using service = await start(fastify, {
      imports: [ZpagesModule.forRootAsync({ useClass: Options })],
    });
    expect(await service.get('/of-class/tracez')).toMatchObject({ status: 200 });
  });

  it.each([
    [{ path: '/' }, 'path is one or more segments'],
    [undefined, 'the options of ZpagesModule are an object, got undefined'],
  ])('fails the start with the rule that %o breaks', async (options, message) => {
    const bad = ZpagesModule.forRootAsync({ useFactory: () => options as ZpagesModuleOptions });
    await expect(start(express, { imports: [bad] })).rejects.toMatchObject({
      code: 'DT_ERR_ZPAGES_OPTION',
      message: expect.stringContaining(message),
    });
  });
});

describe('ZpagesService', () => {
  it('answers queries in any module of the application', async () => {
    const { processor, tracer } = traced();
    const asking = {
      provide: 'running',
      inject: [ZpagesService],
      useFactory: (zpages: ZpagesService) => () => {
        const result = zpages.aggregator.query({ kind: 'aggregations' });
        return result.ok ? result.answer.totals.running : undefined;
      },
    };
    @Module({ providers: [asking], exports: [asking] })
    class Elsewhere {}
    await using service = await start(express, {
      imports: [ZpagesModule.forRoot({ processor }), Elsewhere],
    });
    tracer.startSpan('one');
    expect(service.app.get<() => number>('running')()).toBe(1);
    expect(service.zpages.pages.pages.map(({ path }) => path)).toEqual(['tracez']);
  });
});
