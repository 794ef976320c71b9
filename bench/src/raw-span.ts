import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Span } from '@opentelemetry/api';
import { finalize, Observable, tap } from 'rxjs';
import type { Work } from './work.ts';

/**
 * The same as `@Span` by hand, as OpenTelemetry's documentation has it: the span is active while the work runs, ends
 * when it ends, and records an error.
 */
const tracer = () => trace.getTracer('bench');

function record(span: Span, error: unknown): void {
  span.recordException(error as Error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
}

/** Around a method that returns a value. */
export function rawSync(): (work: Work) => number {
  const ofBench = tracer();
  return (work) =>
    ofBench.startActiveSpan('Work.plain', (span) => {
      try {
        return work.plain();
      } catch (error) {
        record(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
}

/** Around a method that returns a promise. */
export function rawAsync(): (work: Work) => Promise<number> {
  const ofBench = tracer();
  return (work) =>
    ofBench.startActiveSpan('Work.plainAsync', async (span) => {
      try {
        return await work.plainAsync();
      } catch (error) {
        record(span, error);
        throw error;
      } finally {
        span.end();
      }
    });
}

/** Around a method that returns an Observable, whose work is done when somebody subscribes. */
export function rawStream(): (work: Work) => Observable<number> {
  const ofBench = tracer();
  return (work) =>
    ofBench.startActiveSpan('Work.stream', (span) => {
      const active = context.active();
      const source = work.stream().pipe(
        tap({ error: (error: unknown) => record(span, error) }),
        finalize(() => span.end()),
      );
      return new Observable<number>((subscriber) => context.with(active, () => source.subscribe(subscriber)));
    });
}
