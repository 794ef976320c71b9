import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { activeChain } from '../sdk/active-chain.js';
import { OpenThreadSpans } from './open-thread-spans.js';
import { asSpanMessage } from './span-message.js';
import type { MessageSource } from './thread-context.js';
import { watchThreads } from './watch-threads.js';

/** Where the spans of worker threads go. */
export interface ReceiveThreadSpansOptions {
  /** Default: the processors of the SDK that Distrace started. Give yours when the app has its own SDK. */
  readonly processors?: readonly SpanProcessor[];
  /** Spans that started in a thread and have not ended; more are dropped. Default 10,000. */
  readonly maxOpenSpans?: number;
}

/**
 * Feeds the spans that worker threads send (see `connectThreadTracing`) into this thread's processor chain, their
 * starts and ends as they happen. `source` is a Worker, a MessagePort or a pool that repeats its workers' messages.
 * Spans that are open when their thread ends, or when nobody listens any more, end then and have failed. Disposing
 * stops it.
 */
export function receiveThreadSpans(
  source: MessageSource,
  { processors, maxOpenSpans = 10_000 }: ReceiveThreadSpansOptions = {},
): Disposable {
  const spans = new OpenThreadSpans({ chain: () => processors ?? activeChain()?.processors, maxOpenSpans });
  const listener = (message: unknown): void => {
    const spanMessage = asSpanMessage(message);
    if (spanMessage !== undefined) spans.take(spanMessage);
  };
  source.on('message', listener);
  const threads = watchThreads(source, {
    sourceEnded: (exitCode) => spans.abandon(ended(exitCode)),
    threadEnded: (threadId, exitCode) => spans.abandon(ended(exitCode), threadId),
  });
  return {
    [Symbol.dispose]() {
      source.off?.('message', listener);
      threads[Symbol.dispose]();
      spans.abandon('this span of a worker thread was not followed to its end');
    },
  };
}

function ended(exitCode: unknown): string {
  const how = typeof exitCode === 'number' ? ` with exit code ${exitCode}` : '';
  return `the worker thread ended${how} before this span did`;
}
