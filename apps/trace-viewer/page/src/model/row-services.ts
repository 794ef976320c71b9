import { factsOf } from '@distrace/zipkin';
import type { RowFacts, TraceNode } from '@distrace/zipkin';

/** What stands for a service that no span names. */
export const NO_SERVICE = '(no service)';

/** What the page says of a row. */
export interface PageFacts extends RowFacts {
  /** Whom a call went to that recorded nothing of it, such as a database. */
  readonly calledName?: string;
}

/**
 * Facts of a row whose service is who recorded it: the receiver, else the sender.
 *
 * Zipkin Lens puts the name of whom a call went to in its place, so that the same span is its recorder's in the list
 * and somebody else's in the trace; here that name only stands beside it.
 */
export function pageFactsOf(node: TraceNode): PageFacts {
  const { serviceName: shownByLens, ...rest } = factsOf(node);
  const server = node.halves.find(({ kind }) => kind === 'SERVER');
  const recorder = server?.localEndpoint?.serviceName ?? recordersOf(node)[0];
  const isCall = shownByLens !== undefined && shownByLens !== recorder;
  return {
    ...rest,
    ...(recorder !== undefined && { serviceName: recorder }),
    ...(isCall && { calledName: shownByLens }),
  };
}

/** Services that recorded a half of the row, one per half that names one. */
export function recordersOf({ halves }: TraceNode): string[] {
  return halves.flatMap(({ localEndpoint }) => localEndpoint?.serviceName ?? []);
}
