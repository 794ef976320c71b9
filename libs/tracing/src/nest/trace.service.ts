import { Injectable } from '@nestjs/common';
import { context, trace } from '@opentelemetry/api';
import type { Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { getTracer } from '../core/index.js';
import { endWith } from '../decorators/end-with.js';
import { fail } from '../decorators/lifetime.js';

/** Spans by hand, injectable. Thin: everything is OpenTelemetry's. */
@Injectable()
export class TraceService {
  /** The tracer of this library. */
  getTracer(): Tracer {
    return getTracer();
  }

  /** The active span; undefined when nothing traces. */
  getSpan(): Span | undefined {
    return trace.getActiveSpan();
  }

  /** Starts a span below the active one, without making it active: end it yourself. */
  startSpan(name: string, options: SpanOptions = {}): Span {
    return getTracer().startSpan(name, options, context.active());
  }

  /**
   * Runs `fn` in a span that ends when its work does: see `@Span` for promises, Observables and iterators.
   * What `fn` throws is recorded and thrown again.
   */
  withSpan<T>(name: string, fn: (span: Span) => T): T;
  withSpan<T>(name: string, options: SpanOptions, fn: (span: Span) => T): T;
  withSpan<T>(name: string, optionsOrFn: SpanOptions | ((span: Span) => T), fn?: (span: Span) => T): T {
    const run = fn ?? (optionsOrFn as (span: Span) => T);
    const span = this.startSpan(name, fn === undefined ? {} : (optionsOrFn as SpanOptions));
    const ctx = trace.setSpan(context.active(), span);
    let result: T;
    try {
      result = context.with(ctx, () => run(span));
    } catch (error) {
      fail({ span, ctx }, error);
      throw error;
    }
    return endWith(result, { span, ctx }) as T;
  }
}
