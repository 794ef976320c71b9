import { context } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';

/** What was so before a message began, to be put back. */
export interface Before {
  readonly packet: object;
  readonly current: Context | undefined;
  readonly isTaken: boolean;
  readonly ctx: Context | undefined;
}

/**
 * Hands the context of a message from where it is sent to where it is serialised. Nest does both in one turn, so a
 * variable will do, and costs nothing; for a subclass that waits in between, the packet itself is remembered.
 */
export function createHandOver() {
  let current: Context | undefined;
  let isTaken = false;
  let late: WeakMap<object, Context> | undefined;
  return {
    begin(packet: object, ctx: Context | undefined): Before {
      const before = { packet, current, isTaken, ctx };
      current = ctx;
      isTaken = false;
      return before;
    },
    end(before: Before): void {
      if (!isTaken && before.ctx !== undefined) (late ??= new WeakMap()).set(before.packet, before.ctx);
      ({ current, isTaken } = before);
    },
    /** The context for a packet that is being serialised now. */
    contextOf(packet: unknown): Context {
      isTaken = true;
      if (current !== undefined) return current;
      const remembered =
        late === undefined || typeof packet !== 'object' || packet === null ? undefined : late.get(packet);
      return remembered ?? context.active();
    },
  };
}
