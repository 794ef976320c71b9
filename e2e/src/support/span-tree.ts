import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** The spans as lines `KIND name`, children indented below their parent in order of their starts. */
export function spanTree(spans: readonly ReadableSpan[]): string[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const byStart = spans.toSorted(
    (a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1],
  );
  const lines: string[] = [];
  const add = (span: ReadableSpan, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${SpanKind[span.kind]} ${span.name}`);
    for (const child of byStart) {
      if (child.parentSpanContext?.spanId === span.spanContext().spanId) add(child, depth + 1);
    }
  };
  for (const span of byStart) {
    if (span.parentSpanContext === undefined || !ids.has(span.parentSpanContext.spanId)) add(span, 0);
  }
  return lines;
}
