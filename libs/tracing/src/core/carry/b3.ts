import type { TextMapGetter } from '@opentelemetry/api';
import { headerText } from './headers.js';

/** The one header of B3's single form. */
export const B3_SINGLE = 'b3';
/** The headers of B3's form with several. */
export const B3_MULTI = ['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled', 'x-b3-parentspanid', 'x-b3-flags'];

/** Trace id, span id, sampling state and parent, the latter two optional; 64-bit trace ids are allowed. */
const SINGLE = /^(?:[0-9a-f]{16}){1,2}-[0-9a-f]{16}(?:-[01d](?:-[0-9a-f]{16})?)?$/;

/**
 * Reads B3 headers for OpenTelemetry's propagator, which is strict about case and lax about the rest: it takes ids
 * out of the middle of any text, and never looks at the several headers when the single one is malformed.
 */
export function b3Getter<Carrier>(getter: TextMapGetter<Carrier>): TextMapGetter<Carrier> {
  return {
    keys: (carrier) => getter.keys(carrier),
    get(carrier, name) {
      const text = find(getter, carrier, name)?.trim().toLowerCase();
      return name !== B3_SINGLE || (text !== undefined && SINGLE.test(text)) ? text : undefined;
    },
  };
}

/** By its name, then in any case: whose getter this is, and what it makes of case, is not known. */
function find<Carrier>(getter: TextMapGetter<Carrier>, carrier: Carrier, name: string): string | undefined {
  const exact = headerText(getter.get(carrier, name));
  if (exact !== undefined) return exact;
  const key = getter.keys(carrier).find((each) => each.length === name.length && each.toLowerCase() === name);
  return key === undefined ? undefined : headerText(getter.get(carrier, key));
}
