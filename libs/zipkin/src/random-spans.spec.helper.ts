import { span } from './build-span.spec.helper.js';
import type { Annotation, Endpoint, Kind, Span } from './span.js';

/** Numbers that {@link spanOf} makes a span of. */
export interface Dice {
  /** How many ids there are: few, so that pieces meet. */
  readonly ids: number;
}

/** A normalised span of any shape; each number decides about one thing, and 0 makes it absent. So smaller numbers are a
 * simpler span. */
export function spanOf(numbers: readonly number[], { ids }: Dice): Span {
  let next = 0;
  const pick = <T>(choices: readonly T[]): T => choices[(numbers[next++] ?? 0) % choices.length]!;
  const maybe = <T>(choices: readonly T[]): T | undefined => pick([undefined, ...choices]);
  const id = pick(idsFrom(ids));
  const parentId = maybe(idsFrom(ids + 2));
  const moments = [5, 1, 2, 3, 4, 6, 7, 8, 13, 20];
  const fields: Record<string, unknown> = {
    kind: maybe<Kind>(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER']),
    timestamp: maybe(moments),
    duration: maybe(moments),
    localEndpoint: endpointOf([
      maybe(['client', 'executor', 'exporter']),
      maybe(['10.0.0.1', '10.0.0.2']),
      maybe(['2001:db8::1']),
      maybe([1, 2]),
    ]),
    annotations: annotationsOf([
      [maybe(moments), pick(['cr', 'ss', 'ws', 'wr', 'mr', 'x'])],
      [maybe(moments), pick(['x', 'cr', 'ss'])],
    ]),
    tags: maybe([{ k: '1' }, { k: '2' }, { error: '' }, { k: '1', j: '1' }, JSON.parse('{"__proto__":"1"}')]),
    name: maybe(['a', 'b']),
    remoteEndpoint: maybe([{ serviceName: 'rabbitmq' }, { serviceName: 'db', port: 3 }]),
    shared: maybe([true]),
    debug: maybe([true]),
  };
  for (const key of Object.keys(fields)) if (fields[key] === undefined) delete fields[key];
  return span(id, parentId === id ? undefined : parentId, fields);
}

const idsFrom = (count: number): string[] => Array.from({ length: count }, (_, i) => `b${i + 1}`);

type EndpointValues = readonly [name?: string, ipv4?: string, ipv6?: string, port?: number];

function endpointOf([serviceName, ipv4, ipv6, port]: EndpointValues): Endpoint | undefined {
  const endpoint = Object.fromEntries(
    Object.entries({ serviceName, ipv4, ipv6, port }).filter(([, value]) => value !== undefined),
  );
  return Object.keys(endpoint).length > 0 ? endpoint : undefined;
}

/** Sorted and each once, as a decoder gives them. */
function annotationsOf(
  list: readonly (readonly [at: number | undefined, value: string])[],
): Annotation[] | undefined {
  const texts = new Map<string, Annotation>();
  for (const [timestamp, value] of list)
    if (timestamp !== undefined) texts.set(`${timestamp} ${value}`, { timestamp, value });
  const sorted = [...texts.values()].toSorted(
    (a, b) => a.timestamp - b.timestamp || (a.value < b.value ? -1 : 1),
  );
  return sorted.length > 0 ? sorted : undefined;
}
