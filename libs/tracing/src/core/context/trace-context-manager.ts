import { attachedThreadHeaders, postTraceContext } from '../threads/thread-context.js';
import type { ThreadLike } from '../threads/thread-context.js';
import type { AttachOptions } from './carriers.js';
import { TraceContext } from './trace-context.js';

/**
 * The thesis' trace context manager: attaches trace contexts to objects and threads and finds them again.
 * The thread of a Node process is the running asynchronous execution; real threads are workers.
 */
export class TraceContextManager {
  /** The trace of this asynchronous execution, else the one attached to this worker thread, else null. */
  getTraceFromThread(): TraceContext | null {
    const current = TraceContext.currentOrNull();
    if (current !== null) return current;
    const headers = attachedThreadHeaders();
    return headers === undefined ? null : TraceContext.fromHeaders(headers);
  }

  /**
   * Attaches a trace: to this asynchronous execution, until what it returns is disposed, or to a worker or
   * to whoever is at the other end of a MessagePort, which sees it in {@link getTraceFromThread} once it
   * has called `listenForTraceContext()`.
   */
  attachTraceToThread(trace: TraceContext, thread?: ThreadLike): Disposable {
    if (thread === undefined) return trace.attachToCurrentAsync();
    postTraceContext(thread, trace.toHeaders());
    return { [Symbol.dispose]: () => postTraceContext(thread, undefined) };
  }

  /** The trace attached to an object, or null: see `TraceContext.getFromObjectOrNull`. */
  getTraceFromObject(carrier: unknown): TraceContext | null {
    return TraceContext.getFromObjectOrNull(carrier);
  }

  /** Attaches a trace to an object: see `TraceContext.attachOnObject`. */
  attachTraceToObject(trace: TraceContext, carrier: object, options: AttachOptions = {}): void {
    trace.attachOnObject(carrier, options);
  }
}
