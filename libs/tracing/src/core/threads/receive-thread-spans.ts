import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { activeChain } from '../sdk/active-chain.js';
import { warnOnce } from '../warn-once.js';
import { asSpanMessage } from './span-message.js';
import type { SpanMessage } from './span-message.js';
import type { MessageSource } from './thread-context.js';
import { ThreadSpan } from './thread-span.js';

/** Where the spans of worker threads go. */
export interface ReceiveThreadSpansOptions {
  /** Default: the processors of the SDK that Distrace started. Give yours when the app has its own SDK. */
  readonly processors?: readonly SpanProcessor[];
  /** Spans that started in a thread and have not ended; more are dropped. Default 10,000. */
  readonly maxOpenSpans?: number;
}

/**
 * Feeds the spans that worker threads send (see `connectThreadTracing`) into this thread's processor chain.
 * `source` is a Worker, a MessagePort or a pool that repeats its workers' messages. Disposing stops it.
 */
export function receiveThreadSpans(
  source: MessageSource,
  { processors, maxOpenSpans = 10_000 }: ReceiveThreadSpansOptions = {},
): Disposable {
  const open = new Map<string, ThreadSpan>();

  function onSpan(message: SpanMessage): void {
    const chain = processors ?? activeChain()?.processors;
    if (chain === undefined) {
      warnOnce(NO_CHAIN);
      return;
    }
    const { span: record } = message;
    const key = record.context.traceId + record.context.spanId;
    const known = open.get(key);
    const span = known ?? new ThreadSpan(record, resourceFor(record.resource));
    if (message['distrace.thread'] === 'end') {
      open.delete(key);
      span.finish(record);
      for (const processor of chain) processor.onEnd(span);
      return;
    }
    if (open.size >= maxOpenSpans) {
      warnOnce('too many open spans in worker threads; the start of some is not shown, their end will be');
      return;
    }
    open.set(key, span);
    const parent =
      record.parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, record.parent);
    for (const processor of chain) processor.onStart(span, parent);
  }

  const listener = (message: unknown): void => {
    const spanMessage = asSpanMessage(message);
    if (spanMessage === undefined) return;
    try {
      onSpan(spanMessage);
    } catch {
      warnOnce('a processor failed on the span of a worker thread');
    }
  };
  source.on('message', listener);
  return { [Symbol.dispose]: () => void source.off?.('message', listener) };
}

const NO_CHAIN =
  'spans of worker threads are lost: the app has an SDK of its own, so give receiveThreadSpans({ processors }) its processors';

/** The process' resource once a span of this thread has shown it; until then what the thread knows. */
function resourceFor(attributes: Record<string, unknown>): ReadableSpan['resource'] {
  return activeChain()?.resource() ?? ({ attributes } as ReadableSpan['resource']);
}
