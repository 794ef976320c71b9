import type { Context } from '@opentelemetry/api';
import { hasCreationContext, injectHeaders } from '../core/index.js';
import type { HeaderTable } from '../core/index.js';
import { joinHeaders } from './header-cap.js';

interface SerializedPacket {
  readonly options?: { readonly headers?: HeaderTable };
}

/**
 * The serialised packet with the context in its headers. The caller's record is left as it is. Nest adds the client's
 * constant headers only later, below those of the packet: they are the user's as well.
 */
export function withHeaders(packet: unknown, ctx: Context, constant?: HeaderTable): unknown {
  if (typeof packet !== 'object' || packet === null) return packet;
  const { options } = packet as SerializedPacket;
  const users = constant == null ? options?.headers : { ...constant, ...options?.headers };
  if (users != null && hasCreationContext(users)) return packet;
  const headers: HeaderTable = {};
  injectHeaders(ctx, headers);
  const joined = { ...options, headers: users == null ? headers : joinHeaders(headers, users) };
  // `options` comes last: Nest deletes it from the packet, which is cheap for the property added last only.
  if (isPlain(packet)) return { ...packet, options: joined };
  // A list or an instance says by itself how it is written; a copy would not.
  (packet as { options?: object }).options = joined;
  return packet;
}

function isPlain(packet: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(packet);
  return prototype === Object.prototype || prototype === null;
}
