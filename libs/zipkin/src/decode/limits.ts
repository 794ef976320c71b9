import { ZipkinError } from '../zipkin-error.js';

/** Refuses more spans than a body may hold. */
export function assertCount(count: number, maxSpans: number): void {
  if (count <= maxSpans) return;
  throw new ZipkinError(
    'DT_ERR_SPANS_LIMIT',
    `A body must hold at most ${maxSpans} spans, got ${count} or more; send it in parts`,
  );
}
