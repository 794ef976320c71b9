import type { Span } from '@distrace/zipkin';

/** Encodes spans into as few bodies as fit the limit, cutting a list that is too long in halves. A single span is
 * never cut: whether it is too long is for the other side to say. */
export function* splitBodies(
  spans: readonly Span[],
  encode: (spans: readonly Span[]) => string,
  maxBytes: number,
): Generator<string> {
  const text = encode(spans);
  if (spans.length <= 1 || Buffer.byteLength(text) <= maxBytes) {
    if (spans.length > 0) yield text;
    return;
  }
  const middle = Math.ceil(spans.length / 2);
  yield* splitBodies(spans.slice(0, middle), encode, maxBytes);
  yield* splitBodies(spans.slice(middle), encode, maxBytes);
}
