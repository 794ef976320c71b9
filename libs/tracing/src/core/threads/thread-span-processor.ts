import { threadId } from 'node:worker_threads';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { warnOnce } from '../warn-once.js';
import { spanMessage } from './span-message.js';
import type { ThreadLike } from './thread-context.js';

/** Sends the starts and ends of a worker thread's spans to the thread that owns the processor chain. */
export class ThreadSpanProcessor implements SpanProcessor {
  readonly #port: ThreadLike;
  readonly #threadId: number;

  constructor(port: ThreadLike, thread: number = threadId) {
    this.#port = port;
    this.#threadId = thread;
  }

  onStart(span: Span): void {
    span.setAttribute('thread.id', this.#threadId);
    this.#post('start', span);
  }

  onEnd(span: ReadableSpan): void {
    this.#post('end', span);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  #post(event: 'start' | 'end', span: ReadableSpan): void {
    try {
      this.#port.postMessage(spanMessage(event, span, this.#threadId));
    } catch {
      // An attribute that cannot be cloned, or a port that has closed: the span is lost, the work is not.
      warnOnce('a span of a worker thread could not be sent to the main thread and is lost');
    }
  }
}
