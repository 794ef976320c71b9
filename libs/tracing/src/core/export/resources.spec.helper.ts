import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

/** A resource with attributes and nothing else that exporters look at. */
export function resourceFromAttributes(attributes: Attributes): ReadableSpan['resource'] {
  return {
    attributes,
    merge: (other) => other ?? resourceFromAttributes(attributes),
    getRawAttributes: () => [],
  };
}
