import type { Endpoint } from '../span.js';

/** Whether two endpoints can be the same place: no field has a value in both that differs. */
export function compatibleEndpoints(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  if (!a || !b) return true;
  return (
    agree(a.serviceName, b.serviceName) &&
    agree(a.ipv4, b.ipv4) &&
    agree(a.ipv6, b.ipv6) &&
    agree(a.port, b.port)
  );
}

/** One endpoint with what either knows; where both know, the first is right. */
export function uniteEndpoints(a: Endpoint | undefined, b: Endpoint | undefined): Endpoint | undefined {
  if (!a || !b || a === b) return a ?? b;
  const united: { -readonly [K in keyof Endpoint]: Endpoint[K] } = { ...a };
  if (united.serviceName === undefined && b.serviceName !== undefined) united.serviceName = b.serviceName;
  if (united.ipv4 === undefined && b.ipv4 !== undefined) united.ipv4 = b.ipv4;
  if (united.ipv6 === undefined && b.ipv6 !== undefined) united.ipv6 = b.ipv6;
  if (united.port === undefined && b.port !== undefined) united.port = b.port;
  return united;
}

/** The same text for the same endpoint, to compare and to sort by. */
export function endpointText(endpoint: Endpoint | undefined): string {
  if (!endpoint) return '';
  return `${endpoint.serviceName ?? ''} ${endpoint.ipv4 ?? ''} ${endpoint.ipv6 ?? ''} ${endpoint.port ?? ''}`;
}

/** How many fields have a value. */
export function endpointFields(endpoint: Endpoint | undefined): number {
  if (!endpoint) return 0;
  return (
    Number(endpoint.serviceName !== undefined) +
    Number(endpoint.ipv4 !== undefined) +
    Number(endpoint.ipv6 !== undefined) +
    Number(endpoint.port !== undefined)
  );
}

function agree<T>(a: T | undefined, b: T | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
