import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { deferred } from './call-async.js';
import { fakeSpan } from './fake-span.spec.helper.js';
import { ODD_THROWS } from './odd-throws.spec.helper.js';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions } from './span-exporter.js';

class Custom extends SpanExporter {
  readonly sent: number[] = [];
  next: () => Promise<void> = () => Promise.resolve();

  override send(spans: readonly ReadableSpan[]): Promise<void> {
    this.sent.push(spans.length);
    return this.next();
  }
}

interface Result {
  readonly code: number;
  readonly error?: Error;
}
const exported = (exporter: SpanExporter): Promise<Result> =>
  new Promise((resolve) => {
    exporter.export([fakeSpan()], resolve);
  });

describe('SpanExporter', () => {
  it('makes an exporter of OpenTelemetry out of send', async () => {
    const exporter = new Custom();
    expect(await exported(exporter)).toEqual({ code: 0 });
    expect(exporter.sent).toEqual([1]);
  });

  it('reports a failure and never throws, not even when send or the callback does', async () => {
    const exporter = new Custom();
    exporter.next = () => {
      throw new Error('a bug');
    };
    expect(await exported(exporter)).toEqual({ code: 1, error: new Error('a bug') });
    exporter.next = () => Promise.reject('just text');
    expect(await exported(exporter)).toEqual({ code: 1, error: new Error('just text') });
    exporter.export([fakeSpan()], () => {
      throw new Error('the callback');
    });
    await exporter.forceFlush();
  });

  it.each(ODD_THROWS)('reports %s that was thrown', async (_, thrown) => {
    const exporter = new Custom();
    exporter.next = () => Promise.reject(thrown());
    const { code, error } = await exported(exporter);
    expect(code).toBe(1);
    expect(typeof error?.message).toBe('string');
  });

  it('reports a failure when a span could not be written', async () => {
    class Dropping extends SpanExporter {
      override async send(spans: readonly ReadableSpan[], { onDropped }: SendOptions): Promise<void> {
        onDropped?.(spans.slice(0, 1), 'it is bad');
      }
    }
    expect(await exported(new Dropping())).toEqual({
      code: 1,
      error: new Error('1 of 1 spans are lost: it is bad'),
    });
  });

  it('flushes and shuts down only after what was given has been sent', async () => {
    const exporter = new Custom();
    const { promise, resolve } = deferred();
    exporter.next = () => promise;
    const order: string[] = [];
    exporter.export([fakeSpan()], () => order.push('sent'));
    const flushed = exporter.forceFlush().then(() => order.push('flushed'));
    const stopped = exporter.shutdown().then(() => order.push('shut down'));
    resolve();
    await Promise.all([flushed, stopped]);
    expect(order).toEqual(['sent', 'flushed', 'shut down']);
  });
});
