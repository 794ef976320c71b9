import { SpanKind } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/**
 * Spans as lines `KIND name`, two spaces deeper than their parent's, siblings in the order of their starts. A span
 * whose parent is not among them is a root. Works for any depth.
 */
export function spanTree(spans: readonly ReadableSpan[]): string[] {
  const ids = new Set(spans.map((span) => span.spanContext().spanId));
  const parentOf = (span: ReadableSpan): string => {
    const id = span.parentSpanContext?.spanId;
    return id !== undefined && ids.has(id) ? id : ROOT;
  };
  const children = Map.groupBy(spans.toSorted(byStart), parentOf);
  const lines: string[] = [];
  const open = (children.get(ROOT) ?? []).map((span) => ({ span, depth: 0 })).toReversed();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { span, depth } = next;
    lines.push(`${'  '.repeat(depth)}${SpanKind[span.kind]} ${span.name}`);
    const below = children.get(span.spanContext().spanId) ?? [];
    open.push(...below.map((child) => ({ span: child, depth: depth + 1 })).toReversed());
  }
  return lines;
}

const ROOT = '';

function byStart(a: ReadableSpan, b: ReadableSpan): number {
  return a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1];
}
