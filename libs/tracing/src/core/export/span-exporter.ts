import type { ReadableSpan, SpanExporter as OtelSpanExporter } from '@opentelemetry/sdk-trace';
import { callAsync, toError } from './call-async.js';
import { withoutTracing } from './without-tracing.js';

/** What goes with a batch. */
export interface SendOptions {
  /** Aborted when the batch has taken too long or the process must end: give up then. */
  readonly signal: AbortSignal;
  /** Tells that these spans of the batch are out of this process's hands while others are not yet: they count as
   * exported, and a retry leaves them out. Need not be called for what is sent when `send` resolves. */
  readonly onSent?: (spans: readonly ReadableSpan[]) => void;
  /** Tells that these spans of the batch cannot be sent, ever: they count as dropped, and the others go on. */
  readonly onDropped?: (spans: readonly ReadableSpan[], reason: string) => void;
}

/** What goes with a batch at the end of a process. */
export interface SendSyncOptions {
  /** How long the process may be held, milliseconds. */
  readonly timeoutMs: number;
  /** As of {@link SendOptions}. */
  readonly onDropped?: SendOptions['onDropped'];
}

/**
 * The class every exporter extends, the built-in ones too: implement {@link SpanExporter.send}, and override
 * `shutdown` if something is to be closed. An exporter is also one of OpenTelemetry's, so any SDK takes it.
 *
 * @example
 * class CountingExporter extends SpanExporter {
 *   count = 0;
 *   override async send(spans: readonly ReadableSpan[]): Promise<void> {
 *     this.count += spans.length;
 *   }
 * }
 */
export abstract class SpanExporter implements OtelSpanExporter {
  readonly #pending = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  /**
   * Sends ended spans; resolves when they are out of this process's hands. A rejection means that they are
   * not: with a {@link RetryableError} the same spans come again, with any other error they are lost, but for
   * those told of by `onSent`. One span that cannot be written is told of by `onDropped`, not by a rejection.
   */
  abstract send(spans: readonly ReadableSpan[], options: SendOptions): Promise<void>;

  /**
   * Sends at once and blocks, for `process.exit()` and the like: the event loop will not turn again. Throws when the
   * spans are not out of this process's hands in time. An exporter without it loses, at such an end, what waits.
   */
  sendSync?(spans: readonly ReadableSpan[], options: SendSyncOptions): void;

  /** OpenTelemetry's way in, built on {@link send}: never throws, nothing is retried. Spans that could not be
   * written make it a failure, though the others are sent. */
  export(spans: ReadableSpan[], resultCallback: Parameters<OtelSpanExporter['export']>[1]): void {
    let dropped = 0;
    let why = '';
    const onDropped: SendOptions['onDropped'] = ({ length }, reason) => {
      dropped += length;
      why = reason;
    };
    const sending = withoutTracing(() =>
      callAsync(() => this.send(spans, { signal: this.#stop.signal, onDropped })),
    );
    const settled = sending.then(
      () =>
        report(
          resultCallback,
          dropped === 0
            ? { code: 0 }
            : { code: 1, error: new Error(`${dropped} of ${spans.length} spans are lost: ${why}`) },
        ),
      (error: unknown) => report(resultCallback, { code: 1, error: toError(error) }),
    );
    this.#pending.add(settled);
    void settled.then(() => this.#pending.delete(settled));
  }

  /** Resolves when what {@link export} was given before has been sent or has failed. */
  async forceFlush(): Promise<void> {
    await Promise.all(this.#pending);
  }

  /** Waits like {@link forceFlush}. Exporters that hold something open override it and call `super`. */
  async shutdown(): Promise<void> {
    await this.forceFlush();
    this.#stop.abort(new Error('the exporter has been shut down'));
  }
}

type Callback = Parameters<OtelSpanExporter['export']>[1];

function report(callback: Callback, result: Parameters<Callback>[0]): void {
  try {
    callback(result);
  } catch {
    // The callback belongs to an SDK; whatever it threw, the app must not see it.
  }
}
