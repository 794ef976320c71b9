import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { RmqContext } from '@nestjs/microservices';
import { tap, type Observable } from 'rxjs';
import { ContractError } from './contract-error.js';
import { Drain } from './drain.js';
import { errorText } from './error-text.js';
import { ack, earlierDeliveries, nack, pendingOf } from './settlement.js';
import { DELIVERY_LIMIT } from './topology.js';

/**
 * Called with a message that goes to the dead letters, before it is refused for the last time. The letter says by
 * itself that the message failed, but a refusal carries no text: this is for the reason.
 */
export type GiveUp = (data: unknown, error: unknown) => Promise<void>;

/** Options of {@link AckInterceptor}. */
export interface AckOptions {
  /** Milliseconds before a failed message is put back; given the number of earlier deliveries. */
  readonly retryDelayMs?: (earlierDeliveries: number) => number;
  /** Default: nothing is told to anyone. */
  readonly giveUp?: GiveUp;
}

/** Injection token of {@link AckOptions}. */
export const ACK_OPTIONS = Symbol('ACK_OPTIONS');

const MAX_RETRY_DELAY_MS = 2000;
const doubling = (earlier: number): number => Math.min(100 * 2 ** earlier, MAX_RETRY_DELAY_MS);

/**
 * Settles every message of a RabbitMQ handler after the work: acknowledged when the handler and all it gave to
 * `ackAfter` succeeded; to the dead letters when it broke its contract; back into the queue after any other
 * error, where the delivery limit bounds the retries. Nest itself settles nothing but messages without handler.
 */
@Injectable()
export class AckInterceptor implements NestInterceptor {
  readonly #logger = new Logger('AckInterceptor');
  readonly #drain: Drain;
  readonly #retryDelayMs: (earlierDeliveries: number) => number;
  readonly #giveUp: GiveUp | undefined;

  constructor(
    @Inject(Drain) drain: Drain,
    @Optional() @Inject(ACK_OPTIONS) { retryDelayMs = doubling, giveUp }: AckOptions = {},
  ) {
    this.#drain = drain;
    this.#retryDelayMs = retryDelayMs;
    this.#giveUp = giveUp;
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'rpc') return next.handle();
    const rpc = context.switchToRpc();
    const message = rpc.getContext<RmqContext>();
    const data: unknown = rpc.getData();
    const leave = this.#drain.enter();
    return next.handle().pipe(
      tap({
        complete: () => void this.#settle(message, () => this.#accept(message, data)).then(leave, leave),
        error: (failure: unknown) =>
          void this.#settle(message, () => this.#refuse(message, data, failure)).then(leave, leave),
      }),
    );
  }

  /** What cannot be judged is tried again. Nobody awaits it, so a rejection that nobody takes would end the process. */
  async #settle(message: RmqContext, settle: () => Promise<void>): Promise<void> {
    try {
      await settle();
    } catch (error) {
      this.#tell(() => nack(message, { requeue: true }));
      this.#logger.warn(`message on '${message.getPattern()}' put back at once: ${errorText(error)}`);
    }
  }

  async #accept(message: RmqContext, data: unknown): Promise<void> {
    try {
      await pendingOf(message);
    } catch (error) {
      return this.#refuse(message, data, error);
    }
    this.#tell(() => ack(message));
  }

  async #refuse(message: RmqContext, data: unknown, error: unknown): Promise<void> {
    const earlier = earlierDeliveries(message);
    const broken = isContractError(error);
    if (broken || earlier >= DELIVERY_LIMIT) await this.#tellGivingUp(data, error);
    if (broken) {
      this.#logger.error(`message on '${message.getPattern()}' to the dead letters: ${errorText(error)}`);
    } else {
      this.#logger.warn(
        `message on '${message.getPattern()}' failed, delivery ${earlier + 1}: ${errorText(error)}`,
      );
      await this.#pause(this.#retryDelayMs(earlier));
    }
    this.#tell(() => nack(message, { requeue: !broken }));
  }

  async #tellGivingUp(data: unknown, error: unknown): Promise<void> {
    try {
      await this.#giveUp?.(data, error);
    } catch (failure) {
      this.#logger.warn(`giving up was not told: ${errorText(failure)}`);
    }
  }

  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#drain.stopping }).catch(() => undefined);
  }

  /** A channel that closed in between cannot be told any more; the broker delivers the message again. */
  #tell(settlement: () => void): void {
    try {
      settlement();
    } catch (error) {
      this.#logger.warn(`message not settled, the broker will deliver it again: ${errorText(error)}`);
    }
  }
}

/** A revoked proxy throws at `instanceof`. */
function isContractError(error: unknown): boolean {
  try {
    return error instanceof ContractError;
  } catch {
    return false;
  }
}
