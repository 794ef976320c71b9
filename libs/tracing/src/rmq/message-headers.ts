import { INVALID_TRACEID, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { hasCreationContext, injectHeaders } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';
import { PUBLISH_TIME_HEADER } from '../core/messaging/publish-time.js';
import { joinHeaders } from './header-cap.js';

interface SerializedPacket {
  readonly options?: { readonly headers?: HeaderTable };
}

/** What else is known of a message. */
interface Outgoing {
  /** Nest adds the client's constant headers only later, below those of the packet: they are the user's as well. */
  readonly constant?: HeaderTable | undefined;
  /** The message says when it was published, unless the user's headers do. Milliseconds since 1970. */
  readonly publishedAtMs?: number | undefined;
}

/** The serialised packet with the context in its headers. The caller's record is left as it is. */
export function withHeaders(
  packet: unknown,
  ctx: Context,
  { constant, publishedAtMs }: Outgoing = {},
): unknown {
  if (typeof packet !== 'object' || packet === null) return packet;
  const { options } = packet as SerializedPacket;
  const users = constant == null ? options?.headers : { ...constant, ...options?.headers };
  if (users != null && hasCreationContext(users)) return packet;
  const headers: HeaderTable = {};
  injectHeaders(ctx, headers);
  if (publishedAtMs !== undefined && isTraced(ctx)) headers[PUBLISH_TIME_HEADER] = publishedAtMs;
  const joined = { ...options, headers: users == null ? headers : joinHeaders(headers, users) };
  // `options` comes last: Nest deletes it from the packet, which is cheap for the property added last only.
  if (isPlain(packet)) return { ...packet, options: joined };
  // A list or an instance says by itself how it is written; a copy would not.
  (packet as { options?: object }).options = joined;
  return packet;
}

/** Not without an SDK: then nothing of ours is on the wire. */
function isTraced(ctx: Context): boolean {
  return (trace.getSpanContext(ctx)?.traceId ?? INVALID_TRACEID) !== INVALID_TRACEID;
}

function isPlain(packet: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(packet);
  return prototype === Object.prototype || prototype === null;
}
