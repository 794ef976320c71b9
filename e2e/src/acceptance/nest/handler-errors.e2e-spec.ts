import 'reflect-metadata';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Span } from '@distrace/tracing';
import {
  Controller,
  Injectable,
  Module,
  NotFoundException,
  ServiceUnavailableException,
} from '@nestjs/common';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import type { ClientProxy, MicroserviceOptions, RmqOptions } from '@nestjs/microservices';
import { SpanStatusCode } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom, throwError } from 'rxjs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { newQueue, startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { repliesConfirmed } from '../support/replies-confirmed.ts';
import { endedSpan } from '../support/spans.ts';

class OutOfStock extends RpcException {
  readonly code = 'not a short token';
}

const ALWAYS_THE_SAME = new RpcException('closed');

const { ERROR, UNSET } = SpanStatusCode;

/** What handlers throw, and what their message's span says of it. */
const THROWN = [
  {
    what: 'an Error',
    make: () => new TypeError('broken'),
    span: { code: ERROR, message: 'broken', type: 'TypeError', exceptions: 1 },
  },
  {
    what: 'an Error with a code',
    make: () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    span: { code: ERROR, message: 'refused', type: 'ECONNREFUSED', exceptions: 1 },
  },
  {
    what: 'an RpcException of a text',
    make: () => new RpcException('sold out'),
    span: { code: ERROR, message: 'sold out', type: 'RpcException', exceptions: 1 },
  },
  {
    what: 'an RpcException of an object',
    make: () => new RpcException({ code: 'E_STOCK', message: 'sold out', left: 0 }),
    span: { code: ERROR, message: 'sold out', type: 'E_STOCK', exceptions: 1 },
  },
  {
    what: 'a subclass of RpcException',
    make: () => new OutOfStock('sold out'),
    span: { code: ERROR, message: 'sold out', type: 'OutOfStock', exceptions: 1 },
  },
  {
    what: 'an HttpException below 500',
    make: () => new NotFoundException('no such order'),
    span: { code: UNSET, message: undefined, type: 'NotFoundException', exceptions: 0 },
  },
  {
    what: 'an HttpException from 500 on',
    make: () => new ServiceUnavailableException('later'),
    span: { code: ERROR, message: 'later', type: 'ServiceUnavailableException', exceptions: 1 },
  },
  {
    what: 'an error object that is always the same',
    make: () => ALWAYS_THE_SAME,
    span: { code: ERROR, message: 'closed', type: 'RpcException', exceptions: 1 },
  },
  {
    what: 'a text',
    make: () => 'text',
    span: { code: ERROR, message: 'text', type: '_OTHER', exceptions: 1 },
  },
  {
    what: 'undefined',
    make: () => undefined,
    span: { code: ERROR, message: 'undefined', type: '_OTHER', exceptions: 1 },
  },
] as const;

const make = (what: string): unknown => THROWN.find((row) => row.what === what)?.make();

@Injectable()
class Failing {
  @Span('below')
  fail(what: string): never {
    throw make(what);
  }
}

const failing = new Failing();

@Controller()
class FailingController {
  @MessagePattern('ask')
  ask(@Payload() what: string): never {
    throw make(what);
  }

  @MessagePattern('ask-late')
  async askLate(@Payload() what: string): Promise<never> {
    await Promise.resolve();
    throw make(what);
  }

  @MessagePattern('ask-stream')
  askStream(@Payload() what: string) {
    return throwError(() => make(what));
  }

  @MessagePattern('ask-below')
  askBelow(@Payload() what: string): never {
    return failing.fail(what);
  }

  @EventPattern<string>('tell')
  tell(@Payload() what: string): never {
    throw make(what);
  }
}

let tracing: TracingHarness;
let traced: StartedApp;
let bare: { readonly service: INestMicroservice; readonly client: ClientProxy };

beforeAll(async () => {
  tracing = createTracingHarness();
  traced = await startApp({ controllers: [FailingController] });
  bare = await startBare();
});

afterEach(() => tracing.spans.clear());

afterAll(async () => {
  await traced.close();
  bare.client.close();
  await repliesConfirmed(bare.service);
  await bare.service.close();
  await tracing.close();
});

/** The same controller in an application that nobody traces. */
async function startBare() {
  const rmq: RmqOptions = {
    transport: Transport.RMQ,
    options: {
      urls: [inject('amqpUrl')],
      queue: newQueue(),
      queueOptions: { durable: false, autoDelete: true },
    },
  };
  @Module({ controllers: [FailingController] })
  class BareModule {}
  const service = await NestFactory.createMicroservice<MicroserviceOptions>(BareModule, {
    ...rmq,
    logger: false,
  });
  await service.listen();
  return { service, client: ClientProxyFactory.create(rmq) };
}

const replyOf = (client: ClientProxy, pattern: string, what: string): Promise<unknown> =>
  lastValueFrom(client.send<unknown>(pattern, what)).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );

async function messageSpan() {
  const { status, attributes, events } = await endedSpan(tracing, `process ${traced.queue}`);
  const exceptions = events.filter(({ name }) => name === 'exception').length;
  return { code: status.code, message: status.message, type: attributes['error.type'], exceptions };
}

describe('what a message handler throws', () => {
  describe.each(['ask', 'ask-late', 'ask-stream'])('answering %s', (pattern) => {
    it.each(THROWN)('17: shows $what on its span, and the client gets what Nest says', async (row) => {
      const reply = await replyOf(traced.client, pattern, row.what);
      expect(await messageSpan()).toEqual(row.span);
      expect(reply).toEqual(await replyOf(bare.client, pattern, row.what));
    });
  });

  it.each(THROWN)('17: shows $what of an event’s handler on its span', async ({ what, span }) => {
    await firstValueFrom(traced.client.emit('tell', what), { defaultValue: undefined });
    expect(await messageSpan()).toEqual(span);
  });

  it('17: fails every span it passes, and is recorded on the innermost only', async () => {
    await replyOf(traced.client, 'ask-below', 'an Error');
    expect(await messageSpan()).toEqual({ code: ERROR, message: 'broken', type: 'TypeError', exceptions: 0 });
    expect((await endedSpan(tracing, 'below')).events.map(({ name }) => name)).toEqual(['exception']);
  });
});
