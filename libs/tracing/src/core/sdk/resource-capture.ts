import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Remembers the resource that the provider gives its spans: the SDK tells it nowhere else. */
export class ResourceCapture implements SpanProcessor {
  #resource: ReadableSpan['resource'] | undefined;

  get resource(): ReadableSpan['resource'] | undefined {
    return this.#resource;
  }

  onStart(span: Span): void {
    this.#resource ??= span.resource;
  }

  onEnd(_span: ReadableSpan): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
