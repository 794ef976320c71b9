import { BadRequestException, InternalServerErrorException } from '@nestjs/common';
import { RpcException } from '@nestjs/microservices';
import { trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { recordHandlerError } from './handler-error.js';
import type { ErrorTracingOptions } from './tracing-options.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness({ lint: false });
});
afterEach(() => tracing.close());

function spanAfter(error: unknown, kind: 'http' | 'rpc', options?: ErrorTracingOptions) {
  const span = trace.getTracer('app').startSpan('work');
  recordHandlerError(span, error, kind, options);
  span.end();
  const { status, attributes, events } = tracing.spans.named('work');
  return { status: status.code, type: attributes['error.type'], events: events.length };
}

describe('recordHandlerError', () => {
  it.each([
    ['an error', new TypeError('x'), 'http', { status: 2, type: 'TypeError', events: 1 }],
    ['an RpcException', new RpcException('x'), 'rpc', { status: 2, type: 'RpcException', events: 1 }],
    ['a refusal over HTTP', new BadRequestException(), 'http', { status: 0, type: undefined, events: 0 }],
    [
      'a refusal of a message',
      new BadRequestException(),
      'rpc',
      { status: 0, type: 'BadRequestException', events: 0 },
    ],
    [
      'a failure of the server',
      new InternalServerErrorException(),
      'http',
      { status: 2, type: 'InternalServerErrorException', events: 1 },
    ],
    ['a text', 'text', 'rpc', { status: 2, type: '_OTHER', events: 1 }],
  ] as const)('%s', (_, error, kind, expected) => {
    expect(spanAfter(error, kind)).toEqual(expected);
  });

  it('asks the application, which may also fail to say', () => {
    expect(spanAfter(new Error('x'), 'http', { classify: () => 'ignore' }).status).toBe(0);
    tracing.spans.clear();
    expect(spanAfter(new BadRequestException(), 'http', { classify: () => 'error' }).status).toBe(2);
    tracing.spans.clear();
    const classify = (): never => {
      throw new Error('no idea');
    };
    expect(spanAfter(new Error('x'), 'http', { classify }).status).toBe(2);
  });
});
