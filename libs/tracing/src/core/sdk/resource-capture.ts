import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';

/** Remembers the resource that the provider gives its spans: the SDK tells it nowhere else. */
export class ResourceCapture implements SpanProcessor {
  #resource: ReadableSpan['resource'] | undefined;

  get resource(): ReadableSpan['resource'] | undefined {
    return this.#resource;
  }

  onStart(span: Span): void {
    if (this.#resource !== undefined) return;
    this.#resource = span.resource;
    // Somebody has to ask, or what the detectors find out late is never known.
    void span.resource.waitForAsyncAttributes?.().catch(() => undefined);
  }

  onEnd(_span: ReadableSpan): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }
}
