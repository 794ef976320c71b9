import { AsyncLocalStorage } from 'node:async_hooks';
import { diag, DiagLogLevel } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deferred } from './call-async.js';
import { ExportProcessor } from './export-processor.js';
import type { ExportProcessorOptions } from './export-options.js';
import { FakeClock, settle } from './fake-clock.spec.helper.js';
import { fakeSpan, fakeSpans } from './fake-span.spec.helper.js';
import { ODD_THROWS } from './odd-throws.spec.helper.js';
import { RetryableError } from './retryable-error.js';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions } from './span-exporter.js';

/** Remembers batches; does what the next outcome says. */
class TestExporter extends SpanExporter {
  readonly batches: string[][] = [];
  readonly outcomes: ((options: SendOptions, spans: readonly ReadableSpan[]) => Promise<void>)[] = [];
  shutdowns = 0;
  flushes = 0;

  override send(spans: readonly ReadableSpan[], options: SendOptions): Promise<void> {
    this.batches.push(spans.map((span) => span.spanContext().spanId.replace(/^0+/, '')));
    return (this.outcomes.shift() ?? (() => Promise.resolve()))(options, spans);
  }

  override async forceFlush(): Promise<void> {
    this.flushes++;
  }

  override async shutdown(): Promise<void> {
    this.shutdowns++;
  }
}

const fail = (error: Error) => async (): Promise<void> => {
  throw error;
};
const logFn = () => vi.fn<(message: string) => void>();
const dropFirst = async ({ onDropped }: SendOptions, spans: readonly ReadableSpan[]): Promise<void> => {
  onDropped?.(spans.slice(0, 1), 'it is bad');
  // Told twice, it still counts once.
  onDropped?.(spans.slice(0, 1), 'it is bad');
};
const big = (id: string): ReadableSpan => fakeSpan({ id, attributes: { text: 'x'.repeat(4000) } });
const hang = (): Promise<void> => new Promise(() => undefined);

function setUp(options: ExportProcessorOptions = {}) {
  const clock = new FakeClock();
  const exporter = new TestExporter();
  const processor = new ExportProcessor(exporter, { clock, random: () => 1, ...options });
  const end = (count: number): void => fakeSpans(count).forEach((span) => processor.onEnd(span));
  return { clock, exporter, processor, end };
}

describe('ExportProcessor', () => {
  const log = { warn: logFn(), info: logFn(), error: logFn(), debug: logFn(), verbose: logFn() };

  beforeEach(() => {
    diag.setLogger(log, DiagLogLevel.INFO);
    vi.clearAllMocks();
  });
  afterEach(() => diag.disable());

  it('sends what has waited for the interval, in one batch', async () => {
    const { clock, exporter, end } = setUp({ flushIntervalMs: 1000 });
    end(3);
    await clock.advance(999);
    expect(exporter.batches).toEqual([]);
    await clock.advance(1);
    expect(exporter.batches).toEqual([['1', '2', '3']]);
    expect(clock.timers).toBe(0);
  });

  it('sends a full batch at once, but not inside onEnd', async () => {
    const { clock, exporter, end } = setUp({ maxBatchSize: 2 });
    end(5);
    expect(exporter.batches).toEqual([]);
    await clock.advance(0);
    expect(exporter.batches).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
    await clock.advance(1000);
    expect(exporter.batches.at(-1)).toEqual(['5']);
  });

  it('ignores spans that are not sampled', async () => {
    const { clock, exporter, processor } = setUp();
    processor.onEnd(fakeSpan({ isSampled: false }));
    await clock.advance(5000);
    expect(exporter.batches).toEqual([]);
    expect(processor.stats().queued).toBe(0);
  });

  it('has one batch on its way at a time and keeps filling the queue meanwhile', async () => {
    const { clock, exporter, processor, end } = setUp({ maxBatchSize: 2, maxQueueSize: 4 });
    const { promise, resolve: release } = deferred();
    exporter.outcomes.push(() => promise);
    end(2);
    await clock.advance(0);
    end(4);
    await clock.advance(3000);
    expect(exporter.batches).toHaveLength(1);
    expect(processor.stats()).toMatchObject({ queued: 6, exported: 0, dropped: 0 });
    release();
    await clock.advance(0);
    expect(exporter.batches).toHaveLength(3);
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 6 });
  });

  it('drops the newest when the queue is full, counts them and says so once', async () => {
    const onDrop = vi.fn<(count: number) => void>();
    const { clock, exporter, processor, end } = setUp({ maxQueueSize: 3, onDrop });
    end(10);
    expect(processor.stats()).toMatchObject({ queued: 3, dropped: 7 });
    expect(onDrop).toHaveBeenCalledTimes(7);
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining('the queue of 3 spans is full'));
    await clock.advance(0);
    expect(exporter.batches).toEqual([['1', '2', '3']]);
  });

  it('reports again only after exports have worked in between', async () => {
    const { clock, exporter, end } = setUp({ maxAttempts: 1 });
    const round = async (outcome?: () => Promise<void>): Promise<void> => {
      if (outcome) exporter.outcomes.push(outcome);
      end(1);
      await clock.advance(1000);
    };
    await round(fail(new Error('400')));
    await round(fail(new Error('400')));
    expect(log.warn).toHaveBeenCalledTimes(1);
    await round();
    await round();
    expect(log.warn).toHaveBeenCalledTimes(2);
    expect(log.warn).toHaveBeenLastCalledWith(expect.stringContaining('2 spans were lost'));
    await round(fail(new Error('400')));
    expect(log.warn).toHaveBeenCalledTimes(3);
  });

  it('tries again after a growing wait when that may help', async () => {
    const { clock, exporter, processor, end } = setUp({ backoffMs: 200, maxAttempts: 5 });
    for (let i = 0; i < 3; i++) exporter.outcomes.push(fail(new RetryableError('down')));
    end(1);
    await clock.advance(1000);
    expect(exporter.batches).toHaveLength(1);
    await clock.advance(199);
    expect(exporter.batches).toHaveLength(1);
    await clock.advance(1);
    expect(exporter.batches).toHaveLength(2);
    await clock.advance(400);
    expect(exporter.batches).toHaveLength(3);
    await clock.advance(800);
    expect(exporter.batches).toHaveLength(4);
    expect(processor.stats()).toMatchObject({ exported: 1, retried: 3, failedBatches: 0, queued: 0 });
    expect(log.warn).not.toHaveBeenCalled();
  });

  it('waits a random part of the bound, and never more than 5 s', async () => {
    const { clock, exporter, end } = setUp({ backoffMs: 4000, random: () => 0.5, maxAttempts: 3 });
    exporter.outcomes.push(fail(new RetryableError('down')), fail(new RetryableError('down')));
    end(1);
    await clock.advance(1000);
    expect(clock.nextMs).toBe(2000);
    await clock.advance(2000);
    expect(clock.nextMs).toBe(2500);
  });

  it('waits as long as the other side asks', async () => {
    const { clock, exporter, end } = setUp();
    exporter.outcomes.push(fail(new RetryableError('later', { retryAfterMs: 7000 })));
    end(1);
    await clock.advance(1000);
    expect(clock.nextMs).toBe(7000);
  });

  it('gives a batch up after the last attempt, and at once when trying again cannot help', async () => {
    const { clock, exporter, processor, end } = setUp({ maxAttempts: 2, backoffMs: 10 });
    exporter.outcomes.push(fail(new RetryableError('down')), fail(new RetryableError('down')));
    end(2);
    await clock.advance(1010);
    exporter.outcomes.push(fail(new Error('bad request')));
    end(1);
    await clock.advance(1000);
    expect(exporter.batches).toHaveLength(3);
    expect(processor.stats()).toEqual({ queued: 0, exported: 0, dropped: 3, retried: 1, failedBatches: 2 });
  });

  it('is not held up by an exporter that never answers or that throws', async () => {
    const { clock, exporter, processor, end } = setUp({ exportTimeoutMs: 100, maxAttempts: 1 });
    let signal: AbortSignal | undefined;
    exporter.outcomes.push(
      (options) => {
        signal = options.signal;
        return hang();
      },
      () => {
        throw new Error('a bug');
      },
    );
    end(1);
    await clock.advance(1100);
    expect(signal?.aborted).toBe(true);
    end(1);
    await clock.advance(1000);
    end(1);
    await clock.advance(1000);
    expect(processor.stats()).toMatchObject({ exported: 1, dropped: 2, failedBatches: 2 });
  });

  it.each(ODD_THROWS)('counts a batch as lost when the exporter throws %s', async (_, thrown) => {
    const { exporter, processor, end } = setUp();
    exporter.outcomes.push(() => Promise.reject(thrown()));
    end(2);
    await processor.forceFlush();
    end(1);
    await processor.shutdown();
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 1, dropped: 2, failedBatches: 1 });
  });

  it('counts a batch as lost and goes on when its own parts fail', async () => {
    const { exporter, processor, end } = setUp({
      random: () => {
        throw new Error('no dice');
      },
    });
    exporter.outcomes.push(fail(new RetryableError('down')));
    end(2);
    await processor.forceFlush();
    end(1);
    await processor.shutdown();
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 1, dropped: 2 });
  });

  it('tries again for a RetryableError of another copy of this library', async () => {
    const { clock, exporter, processor, end } = setUp();
    const [brand] = Object.getOwnPropertySymbols(new RetryableError('here'));
    exporter.outcomes.push(
      fail(Object.assign(new Error('elsewhere'), { [brand!]: true, retryAfterMs: 3000 })),
    );
    expect(brand).toBe(Symbol.for('distrace.RetryableError'));
    end(1);
    await clock.advance(1000);
    expect(clock.nextMs).toBe(3000);
    await clock.advance(3000);
    expect(processor.stats()).toMatchObject({ exported: 1, retried: 1 });
  });

  it('counts spans that the exporter cannot write as dropped, the others as exported, and says so once', async () => {
    const { clock, exporter, processor, end } = setUp({ maxBatchSize: 4 });
    exporter.outcomes.push(dropFirst, dropFirst);
    end(8);
    await clock.advance(0);
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 6, dropped: 2, failedBatches: 0 });
    expect(log.warn).toHaveBeenCalledTimes(1);
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining('a span is lost: it is bad'));
  });

  it('sends again only what has been neither sent nor dropped', async () => {
    const { clock, exporter, processor, end } = setUp({ backoffMs: 0 });
    exporter.outcomes.push(async ({ onSent, onDropped }, spans) => {
      onSent?.(spans.slice(0, 2));
      onDropped?.(spans.slice(2, 3), 'bad');
      throw new RetryableError('down');
    });
    exporter.outcomes.push(fail(new Error('400')));
    end(5);
    await clock.advance(1000);
    expect(exporter.batches).toEqual([
      ['1', '2', '3', '4', '5'],
      ['4', '5'],
    ]);
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 2, dropped: 3, failedBatches: 1 });
  });

  it('does not listen to an exporter it has left behind', async () => {
    const { clock, exporter, processor, end } = setUp({ exportTimeoutMs: 100, maxAttempts: 1 });
    let late: (() => void) | undefined;
    exporter.outcomes.push(({ onSent }, spans) => {
      late = () => onSent?.(spans);
      return hang();
    });
    end(2);
    await clock.advance(1100);
    late?.();
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 0, dropped: 2 });
  });

  it('bounds the memory of what waits', async () => {
    const { exporter, processor } = setUp({ maxQueueBytes: 10_000 });
    for (const id of ['1', '2', '3']) processor.onEnd(big(id));
    expect(processor.stats()).toMatchObject({ queued: 2, dropped: 1 });
    expect(log.warn).toHaveBeenCalledWith(expect.stringContaining('the queue of 10000 bytes is full'));
    await processor.forceFlush();
    processor.onEnd(big('4'));
    processor.onEnd(fakeSpan({ attributes: { list: ['x'.repeat(6000)] } }));
    await processor.shutdown();
    expect(exporter.batches).toEqual([['1', '2'], ['4']]);
  });

  it.each([
    ['send', (exporter: TestExporter) => void exporter.outcomes.push(hang)],
    ['forceFlush', (exporter: TestExporter) => void (exporter.forceFlush = hang)],
  ])('forceFlush waits no longer than a shutdown for a %s that never answers', async (_, spoil) => {
    const { clock, exporter, processor, end } = setUp({ shutdownTimeoutMs: 5000 });
    spoil(exporter);
    end(1);
    let isFlushed = false;
    const flushing = processor.forceFlush().then(() => (isFlushed = true));
    await clock.advance(4999);
    expect(isFlushed).toBe(false);
    await clock.advance(1);
    await flushing;
    expect(processor.stats().dropped).toBe(0);
  });

  it('forceFlush waits for all that ended before, in batches', async () => {
    const { exporter, processor, end } = setUp({ maxBatchSize: 2 });
    end(5);
    await processor.forceFlush();
    expect(exporter.batches).toEqual([['1', '2'], ['3', '4'], ['5']]);
    expect(exporter.flushes).toBe(1);
    expect(processor.stats()).toMatchObject({ exported: 5, queued: 0 });
  });

  it('forceFlush waits for the batch on its way too', async () => {
    const { clock, exporter, processor, end } = setUp();
    const { promise, resolve: release } = deferred();
    exporter.outcomes.push(() => promise);
    end(1);
    await clock.advance(1000);
    let isFlushed = false;
    const flushing = processor.forceFlush().then(() => (isFlushed = true));
    await settle();
    expect(isFlushed).toBe(false);
    release();
    await flushing;
    expect(processor.stats().exported).toBe(1);
  });

  it('shutdown flushes, shuts the exporter down once, and leaves no timer', async () => {
    const { clock, exporter, processor, end } = setUp();
    end(3);
    await Promise.all([processor.shutdown(), processor.shutdown()]);
    await processor.shutdown();
    expect(exporter.batches).toEqual([['1', '2', '3']]);
    expect(exporter.shutdowns).toBe(1);
    expect(clock.timers).toBe(0);
  });

  it('does nothing after shutdown', async () => {
    const { clock, exporter, processor, end } = setUp();
    await processor.shutdown();
    end(3);
    await processor.forceFlush();
    await clock.advance(10_000);
    expect(exporter.batches).toEqual([]);
    expect(processor.stats()).toEqual({ queued: 0, exported: 0, dropped: 0, retried: 0, failedBatches: 0 });
  });

  it.each([
    ['hangs', hang],
    ['is down', fail(new RetryableError('down'))],
  ])('shutdown ends in time when the exporter %s, and counts what it lost', async (_, outcome) => {
    const { clock, exporter, processor, end } = setUp({
      maxBatchSize: 2,
      shutdownTimeoutMs: 5000,
      maxAttempts: 99,
    });
    for (let i = 0; i < 99; i++) exporter.outcomes.push(outcome);
    end(5);
    let isDown = false;
    const shutdown = processor.shutdown().then(() => (isDown = true));
    await clock.advance(4999);
    expect(isDown).toBe(false);
    await clock.advance(1);
    await shutdown;
    expect(processor.stats()).toMatchObject({ queued: 0, exported: 0, dropped: 5 });
    expect(clock.timers).toBe(0);
    expect(exporter.shutdowns).toBe(1);
  });

  it('survives a logger and a callback that throw', () => {
    diag.setLogger(
      {
        ...log,
        warn: () => {
          throw new Error('logger');
        },
      },
      { suppressOverrideMessage: true },
    );
    const { processor, end } = setUp({
      maxQueueSize: 1,
      onDrop: () => {
        throw new Error('callback');
      },
    });
    expect(() => end(3)).not.toThrow();
    expect(processor.stats().dropped).toBe(2);
  });

  it('sends outside of the async context of the request whose span was last', async () => {
    const request = new AsyncLocalStorage<string>();
    const exporter = new TestExporter();
    const { promise: sent, resolve } = deferred();
    let seen: string | undefined = 'nothing yet';
    exporter.outcomes.push(async () => {
      seen = request.getStore();
      resolve();
    });
    const processor = new ExportProcessor(exporter, { flushIntervalMs: 0 });
    // The timer alone does not keep a process alive, but the test runner's own connections do.
    request.run('a request', () => processor.onEnd(fakeSpan()));
    await sent;
    expect(seen).toBeUndefined();
  });

  it('accounts for every span in any course of events', async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 50; round++) {
      const { clock, exporter, processor, end } = setUp({
        maxBatchSize: 3,
        maxQueueSize: 7,
        maxAttempts: 2,
        random,
      });
      let ended = 0;
      for (let step = 0; step < 40; step++) {
        const count = Math.floor(random() * 5);
        const dice = random();
        if (dice < 0.2) exporter.outcomes.push(fail(new Error('no')));
        else if (dice < 0.5) exporter.outcomes.push(fail(new RetryableError('later')));
        else if (dice < 0.6) exporter.outcomes.push(hang);
        end(count);
        ended += count;
        if (random() < 0.2) void processor.forceFlush();
        await clock.advance(random() * 800);
        const { queued, exported, dropped } = processor.stats();
        expect(queued + exported + dropped).toBe(ended);
        expect(queued).toBeLessThanOrEqual(7 + 3);
      }
      const stopped = processor.shutdown();
      await clock.advance(5000);
      await stopped;
      const { queued, exported, dropped } = processor.stats();
      expect([queued, exported + dropped]).toEqual([0, ended]);
    }
  });
});
