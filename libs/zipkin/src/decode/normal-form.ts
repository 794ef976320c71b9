import type { Annotation } from '../span.js';

/** Annotations by time, then value, each once; undefined for none. */
export function normalAnnotations(annotations: readonly Annotation[]): readonly Annotation[] | undefined {
  if (annotations.length < 2) return annotations.length === 0 ? undefined : annotations;
  const sorted = annotations.toSorted(byTimeThenValue);
  return sorted.filter((annotation, at) => at === 0 || byTimeThenValue(annotation, sorted[at - 1]!) !== 0);
}

/** The order of annotations: by time, then by value as UTF-16. */
export function byTimeThenValue(a: Annotation, b: Annotation): number {
  return a.timestamp - b.timestamp || compareText(a.value, b.value);
}

/** The order of texts by their UTF-16 units, as Java's. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Tags by key, as Zipkin gives them back; undefined for none. Of one key the later counts. */
export function normalTags(
  tags: readonly (readonly [key: string, value: string])[],
): Record<string, string> | undefined {
  if (tags.length === 0) return undefined;
  return Object.fromEntries(tags.toSorted(([a], [b]) => compareText(a, b)));
}
