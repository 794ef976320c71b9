import { ClientRMQ } from '@nestjs/microservices';
import type { RmqOptions } from '@nestjs/microservices';
import { context, trace } from '@opentelemetry/api';
import type { Observable } from 'rxjs';
import { lastValueFrom, mergeMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { connectToNothing } from './fake-broker.spec.helper.js';
import { traceClient } from './trace-own-client.js';

let tracing: TracingHarness;
beforeEach(() => {
  tracing = createTracingHarness();
});
afterEach(() => {
  vi.useRealTimers();
  return tracing.close();
});

const OPTIONS: Required<RmqOptions>['options'] = { queue: 'orders' };
const settle = (source: Observable<unknown>) => lastValueFrom(source, { defaultValue: undefined });

/** A client that answers each request later, from a context that is nobody's. */
class Echo extends ClientRMQ {
  protected override publish(
    packet: { pattern: string; data: unknown },
    callback: (reply: object) => void,
  ): () => void {
    this.serializer.serialize(packet);
    const stranger = trace.getTracer('socket').startSpan('socket');
    stranger.end();
    setImmediate(() =>
      context.with(trace.setSpan(context.active(), stranger), () =>
        callback({ response: packet.data, isDisposed: true }),
      ),
    );
    return () => undefined;
  }
}

describe('a traced client', () => {
  it('runs what follows a reply in the context of who asked', async () => {
    const client = traceClient(new Echo(OPTIONS));
    connectToNothing(client);
    const tracer = trace.getTracer('users');
    for (const user of ['alice', 'bob']) {
      await tracer.startActiveSpan(user, async (span) => {
        await settle(client.send('first', user).pipe(mergeMap((value) => client.send('second', value))));
        span.end();
      });
    }
    for (const user of ['alice', 'bob']) {
      const { traceId } = tracing.spans.named(user).spanContext();
      const sent = tracing.spans.ended.filter(
        (span) => span.name === 'send orders' && span.spanContext().traceId === traceId,
      );
      expect(sent).toHaveLength(2);
    }
  });

  it('tells why no broker was found, without its password', async () => {
    class Away extends ClientRMQ {
      override connect(): Promise<never> {
        const err = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' });
        return Promise.reject({ err, url: 'amqp://admin:s3cr3t@127.0.0.1:1' });
      }
    }
    const client = traceClient(new Away(OPTIONS));
    await expect(settle(client.emit('placed', 1))).rejects.toMatchObject({
      url: expect.any(String) as string,
    });
    const span = tracing.spans.named('send orders');
    expect(span.status.message).toBe('connect failed');
    expect(span.attributes['error.type']).toBe('ECONNREFUSED');
    expect(JSON.stringify([span.status, span.events, span.attributes])).not.toContain('s3cr3t');
  });

  class Envelope {
    constructor(readonly packet: { readonly data: unknown }) {}
    toJSON(): object {
      return { payload: this.packet.data };
    }
  }

  it.each([
    [
      'an instance that says how it is written',
      (packet: { data: unknown }) => new Envelope(packet),
      '{"payload":7}',
    ],
    ['a list', (packet: { data: unknown }) => ['p', packet.data], '["p",7]'],
    ['a plain object', (packet: { data: unknown }) => ({ d: packet.data }), '{"d":7}'],
  ])('writes the body of a custom serializer as it is: %s', async (_what, serialize, body) => {
    const client = traceClient(new ClientRMQ({ ...OPTIONS, serializer: { serialize } }));
    const sent = connectToNothing(client);
    await settle(client.emit('placed', 7));
    expect(sent[0]?.body).toBe(body);
    expect(sent[0]?.headers['traceparent']).toContain(
      tracing.spans.named('send orders').spanContext().spanId,
    );
  });

  it('passes on what a subclass takes besides', async () => {
    const seen: unknown[] = [];
    class Delayed extends ClientRMQ {
      override emit<R>(pattern: unknown, data: unknown, options?: object): Observable<R> {
        seen.push(options);
        return super.emit<R>(pattern, data);
      }
      override send<R>(pattern: unknown, data: unknown, options?: object): Observable<R> {
        seen.push(options);
        return super.send<R>(pattern, data);
      }
    }
    const client = traceClient(new Delayed(OPTIONS));
    connectToNothing(client);
    await settle(client.emit('placed', 7, { delay: 5 }));
    client.send('asked', 7, { delay: 6 });
    expect(seen).toEqual([{ delay: 5 }, { delay: 6 }]);
  });

  it('hands the context on when a subclass waits before it serialises', async () => {
    class Slow extends ClientRMQ {
      protected override async dispatchEvent<T>(packet: { pattern: string; data: unknown }): Promise<T> {
        await Promise.resolve();
        return super.dispatchEvent(packet) as Promise<T>;
      }
    }
    const client = traceClient(new Slow(OPTIONS));
    const sent = connectToNothing(client);
    await Promise.all([settle(client.emit('placed', 1)), settle(client.emit('placed', 2))]);
    const ids = tracing.spans.ended.map((span) => span.spanContext().spanId);
    expect(sent.map(({ headers }) => String(headers['traceparent']).split('-')[2])).toEqual(ids);
  });

  it('says in each message when it was published, in an event and in a request', async () => {
    vi.useFakeTimers({ now: 1_795_000_000_000, toFake: ['Date'] });
    const client = traceClient(new ClientRMQ(OPTIONS));
    const sent = connectToNothing(client);
    await settle(client.emit('placed', 1));
    vi.setSystemTime(1_795_000_000_007);
    const asked = client.send('asked', 1).subscribe();
    await new Promise(setImmediate);
    asked.unsubscribe();
    expect(sent.map(({ headers }) => headers['timestamp_in_ms'])).toEqual([
      1_795_000_000_000, 1_795_000_000_007,
    ]);
  });

  it('says no time when it is told not to', async () => {
    const client = traceClient(new ClientRMQ(OPTIONS), { publishTime: false });
    const sent = connectToNothing(client);
    await settle(client.emit('placed', 1));
    expect(Object.keys(sent[0]?.headers ?? {})).toEqual(['traceparent']);
  });

  it('takes whatever a subclass answers, and asks it once', async () => {
    let asked = 0;
    class Odd extends ClientRMQ {
      protected override dispatchEvent<T>(): Promise<T> {
        const lazy = {
          // oxlint-disable-next-line unicorn/no-thenable -- what a query builder answers
          then(resolve: (value: undefined) => void) {
            asked += 1;
            resolve(undefined);
          },
        };
        return lazy as unknown as Promise<T>;
      }
      protected override publish(_packet: object, callback: (reply: object) => void): () => void {
        queueMicrotask(() => callback({ err: '', response: 1, isDisposed: true }));
        return undefined as unknown as () => void;
      }
    }
    const client = traceClient(new Odd(OPTIONS));
    connectToNothing(client);
    await settle(client.emit('placed', 1));
    expect(asked).toBe(1);
    expect(await settle(client.send('asked', 1))).toBe(1);
    expect(tracing.spans.ended.map((span) => span.status.code)).toEqual([0, 0]);
  });
});
