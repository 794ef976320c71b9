import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import { activeChain } from '../sdk/active-chain.js';
import { warnOnce } from '../warn-once.js';
import type { SpanMessage } from './span-message.js';
import { ThreadSpan } from './thread-span.js';

/** Who sees the spans, how many are kept, and the time. */
export interface OpenThreadSpansOptions {
  readonly chain: () => readonly SpanProcessor[] | undefined;
  readonly maxOpenSpans: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The spans that threads have started and not ended; what happens to them goes to the chain of processors. */
export class OpenThreadSpans {
  readonly #options: OpenThreadSpansOptions;
  readonly #open = new Map<string, { readonly span: ThreadSpan; readonly threadId: number | undefined }>();

  constructor(options: OpenThreadSpansOptions) {
    this.#options = options;
  }

  /** Takes what a thread says of a span. */
  take(message: SpanMessage): void {
    const chain = this.#options.chain();
    if (chain === undefined) {
      warnOnce(NO_CHAIN);
      return;
    }
    const { span: record, threadId } = message;
    const key = record.context.traceId + record.context.spanId;
    const span = this.#open.get(key)?.span ?? new ThreadSpan(record, resourceFor(record.resource));
    if (message['distrace.thread'] === 'end') {
      this.#open.delete(key);
      span.finish(record);
      tell(chain, (processor) => processor.onEnd(span));
      return;
    }
    if (this.#open.size >= this.#options.maxOpenSpans) {
      warnOnce('too many open spans in worker threads; the start of some is not shown, their end will be');
      return;
    }
    this.#open.set(key, { span, threadId });
    const parent =
      record.parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, record.parent);
    tell(chain, (processor) => processor.onStart(span, parent));
  }

  /** Ends, as failed, the spans of a thread whose ends will not be heard; without a thread those of all. */
  abandon(reason: string, ofThread?: number): void {
    const chain = this.#options.chain() ?? [];
    const endMs = (this.#options.now ?? Date.now)();
    for (const [key, { span, threadId }] of this.#open) {
      if (ofThread !== undefined && threadId !== ofThread) continue;
      this.#open.delete(key);
      span.abandon(reason, endMs);
      tell(chain, (processor) => processor.onEnd(span));
    }
  }
}

const NO_CHAIN =
  'spans of worker threads are lost: the app has an SDK of its own, so give receiveThreadSpans({ processors }) its processors';

/** One processor that fails does not keep the others from seeing the span. */
function tell(chain: readonly SpanProcessor[], call: (processor: SpanProcessor) => void): void {
  for (const processor of chain) {
    try {
      call(processor);
    } catch {
      warnOnce('a processor failed on the span of a worker thread');
    }
  }
}

/** The process' resource once a span of this thread has shown it; until then what the thread knows. */
function resourceFor(attributes: Record<string, unknown>): ReadableSpan['resource'] {
  return activeChain()?.resource() ?? ({ attributes } as ReadableSpan['resource']);
}
