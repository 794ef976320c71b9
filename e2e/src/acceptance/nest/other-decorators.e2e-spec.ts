import 'reflect-metadata';
import { createTracingHarness } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Span, Traceable } from '@distrace/tracing';
import {
  applyDecorators,
  Body,
  Controller,
  Get,
  Headers,
  Inject,
  Injectable,
  Param,
  ParseIntPipe,
  Post,
  UseGuards,
  UsePipes,
  ValidationPipe,
} from '@nestjs/common';
import type { CanActivate, ExecutionContext, Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';
import {
  ApiCreatedResponse,
  ApiOperation,
  ApiProperty,
  ApiTags,
  DocumentBuilder,
  SwaggerModule,
} from '@nestjs/swagger';
import { IsInt, Min } from 'class-validator';
import { lastValueFrom } from 'rxjs';
import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../support/app.ts';
import { endedSpan } from '../support/spans.ts';

const Roles = Reflector.createDecorator<string[]>();

@Injectable()
class RolesGuard implements CanActivate {
  constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

  canActivate(execution: ExecutionContext): boolean {
    const wanted = this.reflector.getAllAndOverride(Roles, [execution.getHandler(), execution.getClass()]);
    if (execution.getType() !== 'http') return wanted.includes('service');
    return wanted.includes(execution.switchToHttp().getRequest<Request>().headers['x-role'] as string);
  }
}

interface Request {
  readonly headers: Readonly<Record<string, unknown>>;
}

class Order {
  @ApiProperty({ minimum: 1 })
  @IsInt()
  @Min(1)
  count!: number;
}

const nothing = (): MethodDecorator & ClassDecorator => applyDecorators();

/** The same controller each time, with decorators of ours in the places given. */
function makeController(
  above: () => MethodDecorator,
  below: () => MethodDecorator,
  around: () => ClassDecorator,
): Type<object> {
  @around()
  @ApiTags('orders')
  @Roles(['clerk'])
  @UseGuards(RolesGuard)
  @Controller('orders')
  class OrdersController {
    @above()
    @Post()
    @ApiOperation({ summary: 'Takes an order' })
    @ApiCreatedResponse({ type: Order })
    @UsePipes(new ValidationPipe({ transform: true, whitelist: true }))
    @below()
    place(@Body() order: Order, @Headers('x-role') role: string) {
      return { isOrder: order instanceof Order, order, role };
    }

    @above()
    @Get(':id')
    @Roles(['admin'])
    @below()
    find(@Param('id', ParseIntPipe) id: number) {
      return { id, type: typeof id };
    }

    @above()
    @MessagePattern('place')
    @Roles(['service'])
    @UsePipes(new ValidationPipe({ transform: true }))
    @below()
    take(@Payload() order: Order) {
      return { isOrder: order instanceof Order };
    }
  }
  return OrdersController;
}

const VARIANTS = {
  plain: makeController(nothing, nothing, nothing),
  '@Span above all others': makeController(() => Span(), nothing, nothing),
  '@Span below all others': makeController(nothing, () => Span(), nothing),
  '@Traceable': makeController(nothing, nothing, () => Traceable()),
};

let tracing: TracingHarness;
beforeAll(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.spans.clear());
afterAll(() => tracing.close());

/** All that Nest, Swagger and a client can see of such a controller. */
async function observe(controller: Type<object>) {
  await using started = await startApp({ controllers: [controller] });
  const { app, client } = started;
  const http = supertest(app.getHttpServer());
  const place = async (role: string, body: object) => {
    const response = await http.post('/orders').set('x-role', role).send(body);
    return [response.status, response.body as unknown];
  };
  const find = async (role: string, id: string) => {
    const response = await http.get(`/orders/${id}`).set('x-role', role);
    return [response.status, response.body as unknown];
  };
  const prototype = controller.prototype as Record<string, (...args: unknown[]) => unknown>;
  return {
    document: SwaggerModule.createDocument(app, new DocumentBuilder().build()),
    answers: [
      await place('clerk', { count: 2, extra: true }),
      await place('clerk', { count: 0 }),
      await place('stranger', { count: 2 }),
      await find('clerk', '7'),
      await find('admin', '7'),
      await find('admin', 'seven'),
      await lastValueFrom(client.send('place', { count: 2 })),
    ],
    functions: ['place', 'find', 'take'].map((key) => {
      const method = prototype[key] as (...args: unknown[]) => unknown;
      const metadata = Reflect.getMetadataKeys(method).map((name: unknown) => [
        String(name),
        Reflect.getMetadata(name, method) as unknown,
      ]);
      return {
        name: method.name,
        length: method.length,
        roles: new Reflector().get(Roles, method),
        keys: metadata.map(([name]) => name).toSorted(),
        parameters: Reflect.getMetadata('design:paramtypes', prototype, key) as unknown,
        enumerable: Object.keys(prototype).includes(key),
      };
    }),
  };
}

describe('decorators of Nest and others', () => {
  it.each(['@Span above all others', '@Span below all others', '@Traceable'] as const)(
    '27: work the same with %s',
    async (variant) => {
      const plain = await observe(VARIANTS.plain);
      tracing.spans.clear();
      expect(await observe(VARIANTS[variant])).toEqual(plain);
      expect((await endedSpan(tracing, 'OrdersController.take')).parentSpanContext).toBeDefined();
    },
  );

  it('27: and what they do is done at all', async () => {
    const { document, answers, functions } = await observe(VARIANTS.plain);
    expect(Object.keys(document.paths)).toEqual(['/orders', '/orders/{id}']);
    expect(document.components?.schemas).toHaveProperty('Order.properties.count.minimum', 1);
    expect(answers.map((answer) => (Array.isArray(answer) ? (answer[0] as number) : answer))).toEqual([
      201,
      400,
      403,
      403,
      200,
      400,
      { isOrder: true },
    ]);
    expect(answers[0]).toEqual([201, { isOrder: true, order: { count: 2 }, role: 'clerk' }]);
    expect(functions.map(({ name, length }) => [name, length])).toEqual([
      ['place', 2],
      ['find', 1],
      ['take', 1],
    ]);
  });
});
