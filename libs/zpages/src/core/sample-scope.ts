import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { bytesOfText } from './compact-attributes.js';
import { cutText, ownText } from './text.js';

/** Who made a span, as it is kept. */
export interface KeptScope {
  readonly name: string;
  readonly version: string | undefined;
}

/** All spans of a tracer have the same scope: one copy of it is enough. */
const copies = new WeakMap<object, { readonly scope: KeptScope; readonly maxLength: number }>();

/** The copy of a scope, with texts of at most so many characters. */
export function keptScope(
  scope: ReadableSpan['instrumentationScope'] | undefined,
  maxLength: number,
): KeptScope | undefined {
  if (typeof scope !== 'object' || scope === null) return undefined;
  const known = copies.get(scope);
  if (known?.maxLength === maxLength) return known.scope;
  const { name, version } = scope;
  const copy: KeptScope = {
    name: ownText(cutText(String(name), maxLength)),
    version: version === undefined ? undefined : ownText(cutText(String(version), maxLength)),
  };
  copies.set(scope, { scope: copy, maxLength });
  return copy;
}

/** A high estimate: others may have the same one. */
export function bytesOfScope(scope: KeptScope | undefined): number {
  if (scope === undefined) return 0;
  return bytesOfText(scope.name) + (scope.version === undefined ? 0 : bytesOfText(scope.version));
}
