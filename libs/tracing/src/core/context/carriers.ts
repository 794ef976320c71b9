import { DistraceError } from '../errors.js';
import type { HeaderTable } from '../carry/headers.js';

/** How a trace context is attached. */
export interface AttachOptions {
  /** `object` (default): a property `distrace`. `headers`: the object is a header table, write the keys. */
  readonly as?: 'object' | 'headers';
}

/** The property that plain objects carry their trace in. */
export const CARRIER_PROPERTY = 'distrace';

const attached = new WeakMap<object, object>();

/** What was attached to this very object in this process. */
export function attachedTo(carrier: unknown): object | undefined {
  return isObject(carrier) ? attached.get(carrier) : undefined;
}

/** Attaches `owner` to the carrier; `headers` is asked when (and each time) the carrier is serialised. */
export function attachToObject(
  carrier: object,
  owner: object,
  headers: () => Record<string, string>,
  { as = 'object' }: AttachOptions,
): void {
  if (!isObject(carrier)) {
    throw new DistraceError(
      'DT_ERR_CARRIER_EXPECTED',
      `A trace context is attached to an object, got ${carrier === null ? 'null' : typeof carrier}. Pass the task, record or header table itself.`,
    );
  }
  attached.set(carrier, owner);
  try {
    write(carrier, headers, as);
  } catch {
    // Frozen somewhere inside, a proxy that refuses: remembered in this process, like a frozen object.
  }
}

function write(carrier: object, headers: () => Record<string, string>, as: 'object' | 'headers'): void {
  if (!Object.isExtensible(carrier)) return;
  const table = as === 'headers' ? (carrier as HeaderTable) : ownHeaderTable(carrier);
  if (table !== undefined) {
    Object.assign(table, headers());
    return;
  }
  Object.defineProperty(carrier, CARRIER_PROPERTY, {
    configurable: true,
    enumerable: true,
    // Asked when the object is turned into JSON or cloned: by then the current span may be another one.
    get: headers,
  });
}

/** The headers that a carrier brings along, or undefined. */
export function headersOf(carrier: unknown): HeaderTable | undefined {
  try {
    return isObject(carrier) ? readHeaders(carrier) : undefined;
  } catch {
    // A getter or proxy of the application's threw: there is nothing to read.
    return undefined;
  }
}

function readHeaders(carrier: object): HeaderTable | undefined {
  const nested = (carrier as Record<string, unknown>)[CARRIER_PROPERTY];
  if (isObject(nested)) return nested as HeaderTable;
  return readableTable(carrier) ?? (carrier as HeaderTable);
}

/** The table inside a record or message; made when it has a place for one and none yet. */
function ownHeaderTable(carrier: object): HeaderTable | undefined {
  if (isRmqRecord(carrier)) {
    const options = ((carrier as { options?: { headers?: HeaderTable } }).options ??= {});
    return (options.headers ??= {});
  }
  const message = messageOf(carrier);
  return message === undefined ? undefined : (message.properties.headers ??= {});
}

function readableTable(carrier: object): HeaderTable | undefined {
  if (isRmqRecord(carrier))
    return (carrier as { options?: { headers?: HeaderTable } }).options?.headers ?? {};
  const message = messageOf(carrier);
  if (message !== undefined) return message.properties.headers ?? {};
  // An HTTP request, or anything else that keeps its headers under that name.
  const { headers } = carrier as { headers?: unknown };
  return isObject(headers) ? (headers as HeaderTable) : undefined;
}

interface AmqpMessage {
  readonly properties: { headers?: HeaderTable };
}

/** An AMQP message, or the one inside Nest's RmqContext. */
function messageOf(carrier: object): AmqpMessage | undefined {
  const message: unknown = isRmqContext(carrier) ? carrier.getMessage() : carrier;
  if (!isObject(message)) return undefined;
  const { content, properties } = message as { content?: unknown; properties?: unknown };
  return content instanceof Uint8Array && isObject(properties) ? (message as AmqpMessage) : undefined;
}

// By name: this folder knows no NestJS.
function isRmqRecord(carrier: object): boolean {
  return carrier.constructor?.name === 'RmqRecord' && 'data' in carrier;
}

function isRmqContext(carrier: object): carrier is { getMessage(): unknown } {
  return carrier.constructor?.name === 'RmqContext' && 'getMessage' in carrier;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
