import type { Kind, Span } from './span.js';

/** Epoch microseconds that tests count from. */
export const T = 1_472_470_996_199_000;

export const traceId = '463ac35c9f6413ad48485a3953bb6124';

/** Endpoints of the three applications, each on a host of its own. */
export const client = { serviceName: 'client', ipv4: '10.0.0.1' };
export const executor = { serviceName: 'executor', ipv4: '10.0.0.2' };
export const exporter = { serviceName: 'exporter', ipv4: '10.0.0.3' };

/** A span with a short id; `at` is `[start, duration]` counted from {@link T}. */
export function span(
  id: string,
  parentId?: string,
  { at, ...more }: Partial<Span> & { readonly at?: readonly [start: number, duration?: number] } = {},
): Span {
  return {
    traceId,
    ...(parentId !== undefined && { parentId }),
    id,
    ...(at && { timestamp: T + at[0] }),
    ...(at?.[1] !== undefined && { duration: at[1] }),
    ...more,
  };
}

/** A half or a lone span between named services, for what only looks at names. */
export function named(
  id: string,
  parentId: string | undefined,
  [kind, local, remote]: readonly [kind?: Kind, local?: string, remote?: string],
  more: Partial<Span> = {},
): Span {
  return span(id, parentId, {
    ...(kind && { kind }),
    ...(local !== undefined && { localEndpoint: { serviceName: local } }),
    ...(remote !== undefined && { remoteEndpoint: { serviceName: remote } }),
    ...more,
  });
}
