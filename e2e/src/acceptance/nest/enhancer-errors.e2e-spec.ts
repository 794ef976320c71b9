import 'reflect-metadata';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import {
  Body,
  Catch,
  Controller,
  Post,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import type { CanActivate, ExceptionFilter, NestInterceptor } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { SpanStatusCode } from '@opentelemetry/api';
import { IsInt } from 'class-validator';
import { firstValueFrom, lastValueFrom } from 'rxjs';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/app.ts';
import type { StartedApp } from '../support/app.ts';
import { endedSpan } from '../support/spans.ts';

class Order {
  @IsInt()
  count!: number;
}

class Refusing implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

class Broken implements CanActivate, NestInterceptor {
  canActivate(): never {
    throw new RangeError('broken guard');
  }
  intercept(): never {
    throw new RangeError('broken interceptor');
  }
}

@Catch(TypeError)
class BrokenFilter implements ExceptionFilter {
  catch(): never {
    throw new RangeError('broken filter');
  }
}

/** Every handler is an endpoint, and takes messages, also those whose sender waits for no answer. */
@Controller()
class EnhancedController {
  @Post('guard-refuses')
  @MessagePattern('guard-refuses')
  @UseGuards(Refusing)
  refused(): string {
    return 'not reached';
  }

  @Post('guard-throws')
  @MessagePattern('guard-throws')
  @UseGuards(Broken)
  guarded(): string {
    return 'not reached';
  }

  @Post('pipe')
  @UsePipes(new ValidationPipe())
  validatedBody(@Body() order: Order): number {
    return order.count;
  }

  @MessagePattern('pipe')
  @UsePipes(new ValidationPipe())
  validatedPayload(@Payload() order: Order): number {
    return order.count;
  }

  @Post('interceptor')
  @MessagePattern('interceptor')
  @UseInterceptors(Broken)
  intercepted(): string {
    return 'not reached';
  }

  @Post('filter')
  @MessagePattern('filter')
  @UseFilters(BrokenFilter)
  filtered(): never {
    throw new TypeError('broken handler');
  }
}

const { ERROR, UNSET } = SpanStatusCode;

/** What the span of a message says, and that of a request. */
const CASES = [
  {
    what: 'guard-refuses',
    message: { code: ERROR, type: 'RpcException', exceptions: ['Forbidden resource'] },
    request: { code: UNSET, type: undefined, exceptions: [] },
  },
  {
    what: 'guard-throws',
    message: { code: ERROR, type: 'RangeError', exceptions: ['broken guard'] },
    // Nest has no seam around the guards of an HTTP handler: the status code tells.
    request: { code: ERROR, type: '500', exceptions: [] },
  },
  {
    what: 'pipe',
    message: { code: UNSET, type: 'BadRequestException', exceptions: [] },
    request: { code: UNSET, type: undefined, exceptions: [] },
  },
  {
    what: 'interceptor',
    message: { code: ERROR, type: 'RangeError', exceptions: ['broken interceptor'] },
    request: { code: ERROR, type: 'RangeError', exceptions: ['broken interceptor'] },
  },
  {
    what: 'filter',
    message: { code: ERROR, type: 'TypeError', exceptions: ['broken handler'] },
    request: { code: ERROR, type: 'TypeError', exceptions: ['broken handler'] },
  },
];

let tracing: TracingHarness;
let started: StartedApp;

beforeAll(async () => {
  tracing = createTracingHarness();
  started = await startApp({ controllers: [EnhancedController] });
});

afterEach(() => tracing.spans.clear());

afterAll(async () => {
  await started.close();
  await tracing.close();
});

async function told(name: string) {
  const { status, attributes, events } = await endedSpan(tracing, name);
  return {
    code: status.code,
    type: attributes['error.type'],
    exceptions: events.map((event) => event.attributes?.['exception.message']),
  };
}

describe('what goes wrong around a handler', () => {
  it.each(CASES)('18: shows on the span of a request by message, once ($what)', async ({ what, message }) => {
    await expect(lastValueFrom(started.client.send(what, { count: 'many' }))).rejects.toBeDefined();
    expect(await told(`process ${started.queue}`)).toEqual(message);
  });

  it.each(CASES)(
    '18: shows on the span of a message without an answer, once ($what)',
    async ({ what, message }) => {
      await firstValueFrom(started.client.emit(what, { count: 'many' }), {
        defaultValue: undefined,
      });
      expect(await told(`process ${started.queue}`)).toEqual(message);
    },
  );

  it.each(CASES)('18: shows on the span of an HTTP request, once ($what)', async ({ what, request }) => {
    await supertest(started.app.getHttpServer()).post(`/${what}`).send({ count: 'many' });
    expect(await told(`POST /${what}`)).toEqual(request);
  });
});
