import type { Halves } from './half-spans.js';
import { compareText } from './normal-form.js';
import type { SpanV1 } from './read-v1.js';
import type { Endpoint } from '../span.js';
import type { Marks } from './v1-to-v2.js';

type AddressKey = 'ca' | 'sa' | 'ma';

/** Whether a binary annotation names an address: of the caller, the called one or the broker. */
export function isAddress(key: string): key is AddressKey {
  return key === 'ca' || key === 'sa' || key === 'ma';
}

/** Gives tags to their service's half and addresses to the half whose other side they are. */
export function spreadBinaryAnnotations(source: SpanV1, marks: Marks, halves: Halves): void {
  const addresses: { [K in AddressKey]?: Endpoint } = {};
  for (const { key, value, endpoint } of source.binaryAnnotations.toSorted((a, b) =>
    compareText(a.key, b.key),
  )) {
    // Whatever its value is, and with no endpoint it takes an earlier one away.
    if (isAddress(key)) addresses[key] = endpoint;
    else {
      const half = halves.of(endpoint);
      // An empty "lc" only says where the span was.
      if (key !== 'lc' || value !== '') half.tags.push([key, value]);
    }
  }
  const { ca, sa, ma } = addresses;
  const { cs, cr, sr, ss, ms, mr } = marks;
  if ((ca || sa) && !cs && !cr && !sr && !ss) {
    addressWithoutMarks(halves, ca, sa);
    return;
  }
  const server = sr ?? ss;
  if (ca && server && !isSame(ca, server.endpoint)) {
    halves.of(server.endpoint).remoteEndpoint = callerOf(ca, server.endpoint);
  }
  const client = cs ?? cr;
  if (sa && client) halves.of(client.endpoint).remoteEndpoint = sa;
  if (ma && ms) halves.of(ms.endpoint).remoteEndpoint = ma;
  if (ma && mr) halves.of(mr.endpoint).remoteEndpoint = ma;
}

function addressWithoutMarks(halves: Halves, ca: Endpoint | undefined, sa: Endpoint | undefined): void {
  if (ca && sa) halves.of(ca).remoteEndpoint = sa;
  else if (sa) halves.first.remoteEndpoint = sa;
  else {
    halves.first.kind = 'SERVER';
    halves.first.remoteEndpoint = ca;
  }
}

/** Some servers give the caller's socket their own name: taken as it is, each would seem to call itself. */
function callerOf(caller: Endpoint, server: Endpoint | undefined): Endpoint | undefined {
  if (caller.serviceName !== server?.serviceName) return caller;
  const { serviceName: _, ...socket } = caller;
  return Object.keys(socket).length > 0 ? socket : undefined;
}

function isSame(a: Endpoint, b: Endpoint | undefined): boolean {
  return (
    b !== undefined &&
    a.serviceName === b.serviceName &&
    a.ipv4 === b.ipv4 &&
    a.ipv6 === b.ipv6 &&
    a.port === b.port
  );
}
