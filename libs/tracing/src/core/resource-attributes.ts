import type { Attributes } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

type Resource = ReadableSpan['resource'];

/**
 * The attributes of a resource that are known by now. Detectors may still be at work on others; asking the
 * resource for all of them at that time makes it log an error.
 */
export function knownAttributes(resource: Resource): Attributes {
  if (resource.asyncAttributesPending !== true) return resource.attributes;
  const known = resource
    .getRawAttributes()
    .filter(([, value]) => typeof (value as { then?: unknown })?.then !== 'function');
  // Reversed, as the first of several entries for a key is the one that counts.
  return Object.fromEntries(known.toReversed()) as Attributes;
}

/** Runs `use` once the detectors of the spans' resource are done: at once, mostly. */
export async function withSettledResource<T>(
  spans: readonly ReadableSpan[],
  use: () => Promise<T>,
): Promise<T> {
  const resource = spans[0]?.resource;
  if (resource?.asyncAttributesPending === true) await resource.waitForAsyncAttributes?.();
  return use();
}
