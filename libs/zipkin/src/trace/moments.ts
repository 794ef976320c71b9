import type { Endpoint, Kind } from '../span.js';
import type { TraceNode } from './tree.js';

/** Something that happened at one moment of a row. */
export interface Moment {
  /** Epoch microseconds. */
  readonly timestamp: number;
  /** The annotation's text, or for a derived moment what it is: `Client Start`, `Server Finish`. */
  readonly value: string;
  /** Where it happened, if that is known. */
  readonly endpoint?: Endpoint;
  /** True when it is the start or the end of a half and not an annotation. */
  readonly derived: boolean;
}

const SIDE: Record<Kind, string> = {
  CLIENT: 'Client',
  SERVER: 'Server',
  PRODUCER: 'Producer',
  CONSUMER: 'Consumer',
};

/** All that has a moment on a row, in order of time: the annotations of its halves, and where a half has a kind, its
 * start and its end. */
export function momentsOf({ halves }: TraceNode): Moment[] {
  const moments: Moment[] = [];
  for (const { kind, timestamp, duration, localEndpoint, annotations = [] } of halves) {
    const add = (at: number, value: string, derived: boolean, endpoint = localEndpoint): void => {
      moments.push({ timestamp: at, value, ...(endpoint && { endpoint }), derived });
    };
    if (kind && timestamp !== undefined) add(timestamp, `${SIDE[kind]} Start`, true);
    for (const { timestamp: at, value, endpoint } of annotations) add(at, value, false, endpoint);
    if (kind && timestamp !== undefined && duration !== undefined) {
      add(timestamp + duration, `${SIDE[kind]} Finish`, true);
    }
  }
  return moments.toSorted((a, b) => a.timestamp - b.timestamp);
}
