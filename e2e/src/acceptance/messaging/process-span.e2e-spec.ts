import { createTracingHarness, expectTrace } from '@distrace/tracing/testing';
import { Span } from '@distrace/tracing';
import { Controller, Inject, Injectable } from '@nestjs/common';
import { EventPattern, MessagePattern } from '@nestjs/microservices';
import { concatMap, firstValueFrom, from, lastValueFrom, ReplaySubject, take, toArray } from 'rxjs';
import type { Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { startApp } from '../support/app.ts';
import { openChannel } from '../support/channel.ts';
import { endedSpan, endedSpans, inSpan } from '../support/spans.ts';

@Injectable()
class Work {
  @Span()
  async step(value: number): Promise<number> {
    await Promise.resolve();
    return value * 10;
  }

  @Span()
  async otherStep(): Promise<void> {
    await Promise.resolve();
  }
}

const emitted = { defaultValue: undefined };

describe('the span of a handled message', () => {
  it('7: lasts as long as its handler, also when the broker needs no acknowledgement', async () => {
    const started = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    let handlerMs = 0;

    @Controller()
    class Slow {
      @EventPattern<string>('slow')
      async onSlow(): Promise<void> {
        const start = performance.now();
        started.resolve();
        await finish.promise;
        handlerMs = performance.now() - start;
      }
    }

    await using tracing = createTracingHarness();
    await using slow = await startApp({ controllers: [Slow], rmq: { noAck: true } });
    await firstValueFrom(slow.client.emit('slow', {}), emitted);
    await started.promise;
    await endedSpan(tracing, `send ${slow.queue}`);
    expect(tracing.spans.ended).toHaveLength(1);
    finish.resolve();
    const { duration } = await endedSpan(tracing, `process ${slow.queue}`);
    expect(duration[0] * 1e3 + duration[1] / 1e6).toBeGreaterThanOrEqual(handlerMs);
  });

  it('8: ends with its handler, though nobody acknowledges the message', async () => {
    @Controller()
    class Forgetful {
      @EventPattern<string>('forgotten')
      onForgotten(): void {}
    }

    await using tracing = createTracingHarness();
    await using broker = await openChannel();
    const rmq = { noAck: false, queueOptions: { durable: false } };
    const app = await startApp({ controllers: [Forgetful], rmq });
    await firstValueFrom(app.client.emit('forgotten', {}), emitted);
    expect((await endedSpan(tracing, `process ${app.queue}`)).status).toEqual({ code: 0 });
    await app.close();
    // The broker has it still: it was never acknowledged.
    await vi.waitFor(async () => expect((await broker.channel.checkQueue(app.queue)).messageCount).toBe(1));
    await broker.channel.deleteQueue(app.queue);
  });

  it('9: covers all values of an Observable, with what makes them below it', async () => {
    @Controller()
    class Ticking {
      constructor(@Inject(Work) private readonly work: Work) {}

      @MessagePattern('ticks')
      ticks(): Observable<number> {
        return from([1, 2, 3]).pipe(concatMap((value) => this.work.step(value)));
      }
    }

    await using tracing = createTracingHarness();
    await using app = await startApp({ controllers: [Ticking], providers: [Work] });
    expect(await lastValueFrom(app.client.send<number>('ticks', {}).pipe(toArray()))).toEqual([10, 20, 30]);
    expectTrace(await endedSpans(tracing, 5)).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
          INTERNAL Work.step
          INTERNAL Work.step
          INTERNAL Work.step
    `);
    expect(tracing.spans.named(`process ${app.queue}`).status).toEqual({ code: 0 });
  });

  it('9: a caller that wants no more values ends its own span at once', async () => {
    const values = new ReplaySubject<number>();

    @Controller()
    class Endless {
      @MessagePattern('endless')
      endless(): Observable<number> {
        return values;
      }
    }

    await using tracing = createTracingHarness();
    await using app = await startApp({ controllers: [Endless] });
    values.next(1);
    const caller = await inSpan('caller', () =>
      lastValueFrom(app.client.send<number>('endless', {}).pipe(take(1))),
    );
    expect(caller.result).toBe(1);
    // In this very turn: nothing more comes from the service, whose stream goes on.
    expect(tracing.spans.named(`send ${app.queue}`).status).toEqual({ code: 0 });
    expect(tracing.spans.ended.map(({ name }) => name)).toEqual([`send ${app.queue}`, 'caller']);
    values.complete();
    expect((await endedSpan(tracing, `process ${app.queue}`)).status).toEqual({ code: 0 });
  });

  it('10: is one for a message that two handlers of its pattern get, and has the work of both below it', async () => {
    @Controller()
    class Left {
      constructor(@Inject(Work) private readonly work: Work) {}

      @EventPattern<string>('shared')
      onShared(): Promise<number> {
        return this.work.step(1);
      }
    }

    @Controller()
    class Right {
      constructor(@Inject(Work) private readonly work: Work) {}

      @EventPattern<string>('shared')
      async onShared(): Promise<void> {
        await this.work.otherStep();
      }
    }

    await using tracing = createTracingHarness();
    await using app = await startApp({ controllers: [Left, Right], providers: [Work] });
    await firstValueFrom(app.client.emit('shared', {}), emitted);
    await endedSpan(tracing, `process ${app.queue}`);
    expectTrace(await endedSpans(tracing, 4)).toHaveTree(`
      PRODUCER send ${app.queue}
        CONSUMER process ${app.queue}
          INTERNAL Work.otherStep
          INTERNAL Work.step
    `);
    const order = tracing.spans.ended.map(({ name }) => name);
    const end = order.indexOf(`process ${app.queue}`);
    expect(end).toBeGreaterThan(order.indexOf('Work.step'));
    expect(end).toBeGreaterThan(order.indexOf('Work.otherStep'));
  });
});
