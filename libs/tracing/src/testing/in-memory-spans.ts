import { TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** A span processor that keeps what it sees, for tests. */
export class InMemorySpans implements SpanProcessor {
  readonly #started: Span[] = [];
  readonly #ended: ReadableSpan[] = [];

  /** All sampled spans that have ended, in the order of their ends. */
  get ended(): readonly ReadableSpan[] {
    return this.#ended;
  }

  /** All spans that have started, in the order of their starts. */
  get started(): readonly Span[] {
    return this.#started;
  }

  /** The only ended span of that name; throws when there is none or more than one. */
  named(name: string): ReadableSpan {
    const found = this.#ended.filter((span) => span.name === name);
    if (found.length !== 1 || found[0] === undefined) {
      const names = this.#ended.map((span) => span.name).join(', ');
      throw new Error(
        `Expected one ended span named "${name}", found ${found.length}. Ended: ${names || 'none'}.`,
      );
    }
    return found[0];
  }

  /** Forgets all spans. */
  clear(): void {
    this.#started.length = 0;
    this.#ended.length = 0;
  }

  onStart(span: Span): void {
    this.#started.push(span);
  }

  onEnd(span: ReadableSpan): void {
    if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0) this.#ended.push(span);
  }

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
