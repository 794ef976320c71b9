import type { Observable } from 'rxjs';
import type { HeaderTable } from '../core/index.js';

/** What a client hands to its transport. */
export interface OutgoingPacket {
  readonly pattern: unknown;
  readonly data: unknown;
}

/** What comes back for a request: values, then the end, or an error. */
export interface IncomingReply {
  readonly err?: unknown;
  readonly isDisposed?: boolean;
}

/** What Nest's ClientRMQ has; subclasses may take more arguments. Its transport's half and its options are protected, its serializer an option. */
export interface RmqClient {
  connect(...args: unknown[]): Promise<unknown>;
  emit(pattern: unknown, data: unknown, ...more: unknown[]): Observable<unknown>;
  send(pattern: unknown, data: unknown, ...more: unknown[]): Observable<unknown>;
  /** Sends an event; resolves when the broker has confirmed it. */
  dispatchEvent(packet: OutgoingPacket, ...more: unknown[]): Promise<unknown>;
  /** Sends a request; answers what takes it back. */
  publish(
    packet: OutgoingPacket,
    callback: (reply: IncomingReply) => void,
    ...more: unknown[]
  ): (() => void) | undefined;
  serializer: { serialize(packet: unknown, options?: unknown): unknown };
  readonly queue?: string;
  /** Settles when the connection is there; another one after a reconnect. */
  readonly connectionPromise?: unknown;
  readonly options?: {
    readonly urls?: unknown;
    readonly queue?: string;
    readonly exchange?: string;
    readonly exchangeType?: string;
    readonly wildcards?: boolean;
    /** Put on every message. */
    readonly headers?: HeaderTable;
  };
}

/**
 * Whether this is a RabbitMQ client of Nest's, or of a subclass; by name, so that the package need not be installed.
 * A test's stand-in with the same prototype lacks what would be traced, and is left alone.
 */
export function isRmqClient(value: unknown): value is RmqClient {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (!isNamedSo(value)) return false;
    const { connect, emit, send, dispatchEvent, publish, serializer } = value as Partial<RmqClient>;
    return (
      [connect, emit, send, dispatchEvent, publish].every((method) => typeof method === 'function') &&
      typeof serializer === 'object' &&
      typeof serializer?.serialize === 'function'
    );
  } catch {
    return false;
  }
}

function isNamedSo(value: object): boolean {
  for (let at: unknown = value; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    if (at.constructor?.name === 'ClientRMQ') return true;
  }
  return false;
}
