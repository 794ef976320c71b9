import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import type { TracingHarness } from '@distrace/tracing/testing';
import { Span } from '@distrace/tracing';
import { Controller, Get, Inject, Injectable } from '@nestjs/common';
import { ClientProxy, EventPattern, MessagePattern, Payload } from '@nestjs/microservices';
import { trace } from '@opentelemetry/api';
import { firstValueFrom, lastValueFrom, NEVER, timeout } from 'rxjs';
import type { Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newQueue, startApp } from '../support/app.ts';
import { openChannel } from '../support/channel.ts';
import { endedSpan, endedSpans, inSpan } from '../support/spans.ts';

const ERROR = 2;
/** The class that RxJS makes, of whatever name in this version of it. */
const RXJS_TIMEOUT = expect.stringMatching(/^TimeoutError/) as string;
const emitted = { defaultValue: undefined };
const SOON = { timeout: 20_000, interval: 5 };

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => tracing.close());

@Injectable()
class Caller {
  constructor(@Inject('CLIENT') private readonly client: ClientProxy) {}

  @Span()
  async ask(): Promise<unknown> {
    return await lastValueFrom(this.client.send('silence', {}).pipe(timeout(50)));
  }
}

/** Never answers, and has its span open until the test says so. */
@Controller()
class Silent {
  static readonly held: (() => void)[] = [];

  @MessagePattern('silence')
  async silence(): Promise<void> {
    await new Promise<void>((resolve) => Silent.held.push(resolve));
  }

  static async release(): Promise<void> {
    await vi.waitUntil(() => Silent.held.length > 0, SOON);
    for (const resolve of Silent.held.splice(0)) resolve();
  }
}

describe('what goes wrong on the way', () => {
  it('19: a caller that waits no longer has its own span failed, and that of the question ended', async () => {
    await using app = await startApp({ controllers: [Silent], providers: [Caller] });
    await expect(app.app.get(Caller).ask()).rejects.toThrow('Timeout');
    // In this very turn: the service is still at it.
    expect(tracing.spans.named('Caller.ask')).toMatchObject({
      status: { code: ERROR },
      attributes: { 'error.type': RXJS_TIMEOUT },
    });
    tracing.spans.named(`send ${app.queue}`);
    await Silent.release();
    await endedSpan(tracing, `process ${app.queue}`);
    expectTrace(tracing.spans.ended).toHaveTree(`
      INTERNAL Caller.ask
        PRODUCER send ${app.queue}
          CONSUMER process ${app.queue}
    `);
  });

  it('19: a handler that times out has its span failed, and its caller the error that Nest sends', async () => {
    @Controller()
    class Slow {
      @MessagePattern('slow')
      slow(): Observable<never> {
        return NEVER.pipe(timeout(50));
      }
    }

    await using app = await startApp({ controllers: [Slow] });
    const error: unknown = await lastValueFrom(app.client.send('slow', {})).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toEqual({ status: 'error', message: 'Internal server error' });
    const processed = await endedSpan(tracing, `process ${app.queue}`);
    expect(processed.status.code).toBe(ERROR);
    expect(processed.attributes['error.type']).toEqual(RXJS_TIMEOUT);
    expect((await endedSpan(tracing, `send ${app.queue}`)).status.code).toBe(ERROR);
  });

  it('19: a client that closes while it waits for an answer has the span of its question failed', async () => {
    await using app = await startApp({ controllers: [Silent] });
    const asked = lastValueFrom(app.client.send('silence', {})).catch((thrown: unknown) => thrown);
    await vi.waitUntil(() => Silent.held.length > 0, SOON);
    await app.client.close();
    expect(await asked).toEqual(new Error('Connection closed'));
    expect(tracing.spans.named(`send ${app.queue}`)).toMatchObject({
      status: { code: ERROR, message: 'Connection closed' },
      attributes: { 'error.type': 'Error' },
    });
    await Silent.release();
    await endedSpan(tracing, `process ${app.queue}`);
  });

  it('19: an HTTP client that goes away while a message is on its way has the span of its request failed', async () => {
    @Controller()
    class Front {
      constructor(@Inject('CLIENT') private readonly client: ClientProxy) {}

      @Get('ask')
      async ask(): Promise<unknown> {
        return { answer: await lastValueFrom(this.client.send('silence', {}), emitted) };
      }
    }

    await using app = await startApp({ controllers: [Front, Silent] });
    await app.app.listen(0, '127.0.0.1');
    const { port } = app.app.getHttpServer().address() as AddressInfo;
    const sent = httpRequest({ port, host: '127.0.0.1', path: '/ask' }).on('error', () => undefined);
    sent.end();
    await vi.waitUntil(() => Silent.held.length > 0, SOON);
    sent.destroy();
    const server = await endedSpan(tracing, 'GET /ask');
    expect(server.status.code).toBe(ERROR);
    expect(server.attributes['error.type']).toBe('client_closed');
    await Silent.release();
    expectTrace(await endedSpans(tracing, 3)).toHaveTree(`
      SERVER GET /ask
        PRODUCER send ${app.queue}
          CONSUMER process ${app.queue}
    `);
  });

  it('19: an event of a pattern that nobody handles is refused to the dead letters, and told', async () => {
    const dead = newQueue();
    await using broker = await openChannel();
    await broker.channel.assertQueue(dead, { durable: false });
    await using app = await startApp({
      controllers: [Silent],
      rmq: {
        noAck: false,
        queueOptions: {
          durable: false,
          autoDelete: true,
          arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead },
        },
      },
    });
    await firstValueFrom(app.client.emit('nobody', {}), emitted);
    const processed = await endedSpan(tracing, `process ${app.queue}`);
    expect(processed.status.code).toBe(ERROR);
    expect(processed.attributes['error.type']).toBe('unmatched_pattern');
    expectTrace(await endedSpans(tracing, 2)).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
    `);
    await vi.waitFor(async () => expect((await broker.channel.checkQueue(dead)).messageCount).toBe(1), SOON);
    await broker.channel.deleteQueue(dead);
  });

  it('19: a question of a pattern that nobody handles is told on both sides', async () => {
    await using app = await startApp({ controllers: [Silent] });
    const error: unknown = await lastValueFrom(app.client.send('nobody', {})).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toContain('no matching message handler');
    const processed = await endedSpan(tracing, `process ${app.queue}`);
    const sent = await endedSpan(tracing, `send ${app.queue}`);
    expect(processed.attributes['error.type']).toBe('unmatched_pattern');
    expect([processed.status.code, sent.status.code]).toEqual([ERROR, ERROR]);
  });
});

describe('odd bodies', () => {
  const handled: { readonly length: number; readonly traceId: string | undefined }[] = [];
  beforeEach(() => {
    handled.length = 0;
  });

  @Controller()
  class Reader {
    @EventPattern<string>('text')
    onText(@Payload() text: string): void {
      handled.push({ length: text.length, traceId: trace.getActiveSpan()?.spanContext().traceId });
    }
  }

  it.each([
    ['malformed JSON', Buffer.from('{"pattern": "text", "data')],
    ['no body', Buffer.alloc(0)],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0xfe])],
    ['JSON without a pattern', Buffer.from('[1, 2]')],
  ])('20: %s is told in the trace of its sender, and the next message is handled', async (_, body) => {
    await using app = await startApp({ controllers: [Reader] });
    await using foreign = await openChannel();
    const sender = { traceId: 'a1'.repeat(16), spanId: 'b2'.repeat(8) };
    const headers = { traceparent: `00-${sender.traceId}-${sender.spanId}-01` };
    foreign.channel.sendToQueue(app.queue, body, { headers });
    const odd = await endedSpan(tracing, `process ${app.queue}`);
    expect(odd.parentSpanContext).toMatchObject(sender);
    expect(odd.status.code).toBe(ERROR);
    expect(odd.attributes['error.type']).toBe('unmatched_pattern');
    tracing.spans.clear();

    const next = await inSpan('next', () => firstValueFrom(app.client.emit('text', 'abc'), emitted));
    await endedSpan(tracing, `process ${app.queue}`);
    expect(handled).toEqual([{ length: 3, traceId: next.traceId }]);
  });

  it('20: 1 MiB of body is handled in the trace of its sender', async () => {
    await using app = await startApp({ controllers: [Reader] });
    const text = 'x'.repeat(1024 * 1024);
    const { traceId } = await inSpan('big', () => firstValueFrom(app.client.emit('text', text), emitted));
    await endedSpan(tracing, `process ${app.queue}`);
    expect(handled).toEqual([{ length: text.length, traceId }]);
  });
});
