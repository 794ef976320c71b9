import { context, createContextKey, ROOT_CONTEXT, SpanKind, trace, TraceFlags } from '@opentelemetry/api';
import type { Attributes, Context, Link, TimeInput } from '@opentelemetry/api';
import { carriedOf, findCarried, setCarried } from '../carry/carried-context.js';
import { Carried } from '../carry/carried.js';
import { extractHeaders, injectHeaders } from '../carry/propagate.js';
import type { HeaderTable } from '../carry/headers.js';
import { createIdGenerator } from '../ids/id-generator.js';
import { withIds } from '../ids/id-slot.js';
import { endSpan } from '../record-error.js';
import { getTracer } from '../tracer.js';
import { warnOnce } from '../warn-once.js';
import { attachContext } from './attachment.js';
import type { Attachment } from './attachment.js';
import { attachToObject, attachedTo, headersOf } from './carriers.js';
import type { AttachOptions } from './carriers.js';
import { closeElsewhere, detachSpan, detachedIn } from './pieces.js';
import type { DetachedSpan } from './detached.js';
import { TraceSpan } from './trace-span.js';

/** How a span is opened. */
export interface OpenSpanOptions {
  /** Default INTERNAL. */
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  readonly links?: Link[];
  /** Default now. */
  readonly startTime?: TimeInput;
}

/** How a span is closed. */
export interface CloseSpanOptions {
  /** Marks the span failed and records this, whatever was thrown. */
  readonly error?: unknown;
  /** Default now. */
  readonly endTime?: TimeInput;
}

interface Frame {
  readonly span: TraceSpan;
  readonly ctx: Context;
  /** Opened on another node or thread: closing it exports the second piece. */
  readonly detached?: DetachedSpan;
}

const TRACE_CONTEXT_KEY = createContextKey('distrace.trace-context');
const newIds = createIdGenerator();

/**
 * The thesis' trace context: the spans of one trace that are open here, the last opened being the current
 * one. It stands on an OpenTelemetry context: what was active when it was taken is the parent of its first
 * span, and whatever runs inside {@link run} sees its current span as OpenTelemetry's active span.
 *
 * No method throws because nothing traces: without an SDK all spans are no-ops.
 */
export class TraceContext {
  readonly #base: Context;
  #frames: readonly Frame[];
  /** The id given out before the first span of a new trace was opened. */
  #reservedTraceId: string | undefined;
  #attached: Attachment | undefined;

  private constructor(base: Context, frames: readonly Frame[] = []) {
    this.#base = base;
    this.#frames = frames;
  }

  /** A new trace; its first span is a root. */
  static create(): TraceContext {
    const created = new TraceContext(setCarried(ROOT_CONTEXT, new Carried()));
    created.#reservedTraceId = newIds.generateTraceId();
    return created;
  }

  /** The trace context that is active here; a new one on whatever is active (perhaps nothing) otherwise. */
  static current(): TraceContext {
    return TraceContext.#active() ?? TraceContext.create();
  }

  /** As {@link current}, but null when no trace is active. */
  static currentOrNull(): TraceContext | null {
    return TraceContext.#active() ?? null;
  }

  static #active(): TraceContext | undefined {
    const active = context.active();
    const span = trace.getSpan(active);
    const known = active.getValue(TRACE_CONTEXT_KEY);
    // Another copy of this library in the process shares the key, not the class.
    const own = known instanceof TraceContext ? known : undefined;
    // A span that was started by hand inside `run` is the current one: stand on it.
    if (own !== undefined && (span === undefined || own.#top()?.span.otelSpan === span)) return own;
    return span === undefined ? undefined : new TraceContext(active);
  }

  /** A trace context on an OpenTelemetry context: its active span is the parent of the first span. */
  static fromOtelContext(ctx: Context): TraceContext {
    return new TraceContext(ctx);
  }

  /**
   * The trace context attached to an object: to this very object in this process, or to the object it was
   * before it went through JSON, structured clone or a broker. Takes plain objects, header tables,
   * `RmqRecord`, AMQP messages, `RmqContext` and HTTP requests. With nothing attached: a new trace.
   */
  static getFromObject(carrier: unknown): TraceContext {
    return TraceContext.getFromObjectOrNull(carrier) ?? TraceContext.create();
  }

  /** As {@link getFromObject}, but null when nothing is attached. */
  static getFromObjectOrNull(carrier: unknown): TraceContext | null {
    const attached = attachedTo(carrier);
    if (attached instanceof TraceContext) return attached;
    const headers = headersOf(carrier);
    return headers === undefined ? null : TraceContext.fromHeaders(headers);
  }

  /** From a header table, as {@link detach} and `attachOnObject` write it; null when it holds no trace. */
  static fromHeaders(headers: HeaderTable): TraceContext | null {
    const ctx = extractHeaders(headers);
    const remote = trace.getSpan(ctx);
    if (remote === undefined) return null;
    const detached = detachedIn(headers);
    if (detached === undefined) return new TraceContext(ctx);
    const span = new TraceSpan(remote, carriedOf(ctx));
    return new TraceContext(ctx, [{ span, ctx, detached }]);
  }

  /** 32 lower-case hex characters. */
  getTraceId(): string {
    const current = this.#top()?.span.otelSpan ?? trace.getSpan(this.#base);
    const traceId = current?.spanContext().traceId;
    return traceId ?? (this.#reservedTraceId ??= newIds.generateTraceId());
  }

  /** Opens a span below the current one (a root when there is none) and makes it the current one. */
  openNestedSpan(name: string, options: OpenSpanOptions = {}): TraceSpan {
    const parent = this.otelContext;
    const reserved = trace.getSpan(parent) === undefined ? this.#reservedTraceId : undefined;
    const start = () => getTracer().startSpan(name, options, parent);
    const otelSpan = reserved === undefined ? start() : withIds({ traceId: reserved }, start);
    const carried = findCarried(parent)?.copy() ?? new Carried();
    const span = new TraceSpan(otelSpan, carried);
    const ctx = setCarried(trace.setSpan(parent, otelSpan), carried);
    this.#setFrames([...this.#frames, { span, ctx: ctx.setValue(TRACE_CONTEXT_KEY, this) }]);
    return span;
  }

  /** The thesis' other name of {@link openNestedSpan}. */
  openSpan(name: string, options: OpenSpanOptions = {}): TraceSpan {
    return this.openNestedSpan(name, options);
  }

  /**
   * Closes the current span: it is exported, and its parent becomes the current one. A span that this
   * context did not open (the one of the running handler, for example) stays open: that is said once.
   */
  closeCurrentSpan(options: CloseSpanOptions = {}): this {
    const top = this.#top();
    if (top === undefined) {
      warnOnce(
        'closeCurrentSpan() closes spans opened by the same TraceContext, and none is open; call ignored',
      );
      return this;
    }
    this.#setFrames(this.#frames.slice(0, -1));
    if (top.detached !== undefined) {
      closeElsewhere(top.span.spanContext, top.detached, options);
      return this;
    }
    if (options.error !== undefined) top.span.recordError(options.error);
    endSpan(top.span.otelSpan, options.endTime);
    return this;
  }

  /** The current span: the last opened one, else the one this context stands on, else a no-op. */
  getCurrentSpan(): TraceSpan {
    const top = this.#top();
    if (top !== undefined) return top.span;
    const span = trace.getSpan(this.#base) ?? trace.wrapSpanContext(NO_SPAN);
    return new TraceSpan(span, carriedOf(this.#base));
  }

  /** How many spans this context has opened and not closed. */
  get openSpanCount(): number {
    return this.#frames.length;
  }

  /** The OpenTelemetry context with the current span. */
  get otelContext(): Context {
    return this.#top()?.ctx ?? this.#base.setValue(TRACE_CONTEXT_KEY, this);
  }

  /** Runs `fn` with the current span active, also in everything asynchronous it starts. */
  run<T>(fn: () => T): T {
    return context.with(this.otelContext, fn);
  }

  /**
   * Makes this trace context the current one for the rest of this asynchronous execution, and keeps it so
   * while spans are opened and closed. Dispose what it returns (or use `using`); prefer {@link run}.
   * Needs `@opentelemetry/api` 1.10; with an older one nothing is attached, which is said once.
   */
  attachToCurrentAsync(): Disposable {
    this.#attached?.[Symbol.dispose]();
    const attached = attachContext(() => this.otelContext);
    this.#attached = attached;
    return {
      [Symbol.dispose]: () => {
        attached[Symbol.dispose]();
        if (this.#attached === attached) this.#attached = undefined;
      },
    };
  }

  /**
   * Attaches this trace context to an object. A plain object gets an enumerable property `distrace` that
   * says the current span whenever the object is serialised; `RmqRecord`s, messages and, with
   * `{ as: 'headers' }`, header tables get the headers as they are now. A frozen object is remembered in
   * this process only.
   */
  attachOnObject(carrier: object, options: AttachOptions = {}): this {
    attachToObject(carrier, this, () => this.toHeaders(), options);
    return this;
  }

  /** The current span and what is carried, as headers. */
  toHeaders(): Record<string, string> {
    const headers: Record<string, string> = {};
    injectHeaders(this.otelContext, headers);
    return headers;
  }

  /** The same trace with a span stack of its own: what another thread of control should use. */
  copy(): TraceContext {
    const copy = new TraceContext(this.#base, this.#frames);
    copy.#reservedTraceId = this.#reservedTraceId;
    return copy;
  }

  /**
   * Hands the current span over to another node or thread: its opening piece is exported here, the headers
   * go to the other side, whose `closeCurrentSpan` exports the closing piece. Zipkin merges the two; other
   * back ends show two spans of one id.
   */
  detach(): Record<string, string> {
    const top = this.#top();
    if (top === undefined || top.detached !== undefined) return this.toHeaders();
    const headers = { ...this.toHeaders(), ...detachSpan(top.span.otelSpan) };
    this.#setFrames(this.#frames.slice(0, -1));
    return headers;
  }

  #top(): Frame | undefined {
    return this.#frames.at(-1);
  }

  #setFrames(frames: readonly Frame[]): void {
    this.#frames = frames;
    // Only where this context is the active one: another execution may be running just now.
    if (this.#attached !== undefined && context.active().getValue(TRACE_CONTEXT_KEY) === this) {
      this.#attached.refresh();
    }
  }
}

const NO_SPAN = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: TraceFlags.NONE };
