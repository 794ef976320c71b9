import { Logger, type CallHandler, type ExecutionContext } from '@nestjs/common';
import { RmqContext } from '@nestjs/microservices';
import { lastValueFrom, of, throwError, type Observable } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { AckInterceptor, type AckOptions, type GiveUp } from './ack.interceptor.js';
import { ContractError } from './contract-error.js';
import { Drain } from './drain.js';
import { ackAfter } from './settlement.js';
import { DELIVERY_LIMIT } from './topology.js';
import { unreadable } from './unreadable.spec.helper.js';

type Nack = (message: object, allUpTo: boolean, requeue: boolean) => void;

const noDelay = { retryDelayMs: () => 0 };

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const waiting: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => waiting.push(resolve));
  return { promise, resolve: () => waiting.forEach((resolve) => resolve()) };
}

function delivery({
  earlier,
  redelivered = true,
}: { readonly earlier?: number; readonly redelivered?: boolean } = {}) {
  const message = {
    fields: { redelivered },
    properties: { headers: earlier === undefined ? {} : { 'x-delivery-count': earlier } },
  };
  const channel = { ack: vi.fn<(message: object) => void>(), nack: vi.fn<Nack>() };
  return { message, channel, context: new RmqContext([message, channel, 'tasks']) };
}

const fail = (): Observable<never> => throwError(() => new Error('disk full'));

async function handle(
  rmq: RmqContext,
  handler: () => Observable<unknown>,
  options: AckOptions = noDelay,
): Promise<Drain> {
  const drain = new Drain();
  const context = {
    getType: () => 'rpc',
    switchToRpc: () => ({ getContext: () => rmq, getData: () => ({ id: 'x' }) }),
  } as unknown as ExecutionContext;
  const next: CallHandler = { handle: handler };
  await lastValueFrom(new AckInterceptor(drain, options).intercept(context, next), {
    defaultValue: undefined,
  }).catch(() => undefined);
  return drain;
}

describe('AckInterceptor', () => {
  it('acknowledges after the work', async () => {
    const { context, channel, message } = delivery();
    const drain = await handle(context, () => of('done'));
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
    expect(channel.ack).toHaveBeenCalledExactlyOnceWith(message);
    expect(channel.nack).not.toHaveBeenCalled();
  });

  it('acknowledges only when what the handler published is confirmed, though the handler has ended', async () => {
    const { context, channel } = delivery();
    const { promise: confirmed, resolve: confirm } = deferred();
    const drain = await handle(context, () => {
      ackAfter(context, confirmed);
      return of('done');
    });
    await Promise.resolve();
    expect(channel.ack).not.toHaveBeenCalled();
    expect(drain.inFlight).toBe(1);
    confirm();
    await vi.waitFor(() => expect(channel.ack).toHaveBeenCalledOnce());
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
  });

  it('puts the message back when the publish was not confirmed', async () => {
    const { context, channel, message } = delivery();
    await handle(context, () => {
      ackAfter(context, Promise.reject(new Error('no confirm')));
      return of('done');
    });
    await vi.waitFor(() => expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, true));
    expect(channel.ack).not.toHaveBeenCalled();
  });

  it('puts the message back after an error', async () => {
    const { context, channel, message } = delivery({ earlier: 1 });
    await handle(context, fail);
    await vi.waitFor(() => expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, true));
  });

  it('sends a message that breaks its contract to the dead letters and says so once', async () => {
    const { context, channel, message } = delivery();
    const giveUp = vi.fn<GiveUp>(async () => undefined);
    const error = new ContractError('TaskMessage', 'id must be a UUID', 7);
    await handle(context, () => throwError(() => error), { ...noDelay, giveUp });
    await vi.waitFor(() => expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, false));
    expect(giveUp).toHaveBeenCalledExactlyOnceWith({ id: 'x' }, error);
  });

  it('tells that it gives up at the last delivery and not before', async () => {
    const giveUp = vi.fn<GiveUp>(async () => undefined);
    const early = delivery({ earlier: DELIVERY_LIMIT - 1 });
    await handle(early.context, fail, { ...noDelay, giveUp });
    await vi.waitFor(() => expect(early.channel.nack).toHaveBeenCalled());
    expect(giveUp).not.toHaveBeenCalled();
    const last = delivery({ earlier: DELIVERY_LIMIT });
    await handle(last.context, fail, { ...noDelay, giveUp });
    await vi.waitFor(() => expect(last.channel.nack).toHaveBeenCalled());
    expect(giveUp).toHaveBeenCalledOnce();
  });

  it('does not believe a publisher who counts deliveries himself', async () => {
    const giveUp = vi.fn<GiveUp>(async () => undefined);
    const { context, channel } = delivery({ earlier: 100, redelivered: false });
    await handle(context, fail, { ...noDelay, giveUp });
    await vi.waitFor(() => expect(channel.nack).toHaveBeenCalled());
    expect(giveUp).not.toHaveBeenCalled();
  });

  it('survives a channel that closed in between', async () => {
    const { context, channel } = delivery();
    channel.ack.mockImplementation(() => {
      throw new Error('Channel closed');
    });
    const drain = await handle(context, () => of('done'));
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
    expect(channel.nack).not.toHaveBeenCalled();
  });

  it.each(unreadable)('puts the message back after %s was thrown, and counts it out', async (_name, make) => {
    const { context, channel, message } = delivery();
    const drain = await handle(context, () => throwError(make));
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
    expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, true);
  });

  it.each(unreadable)('puts the message back when giving up failed with %s', async (_name, make) => {
    const { context, channel, message } = delivery({ earlier: DELIVERY_LIMIT });
    const giveUp = vi.fn<GiveUp>(() => Promise.reject(make()));
    const drain = await handle(context, fail, { ...noDelay, giveUp });
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
    expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, true);
  });

  it('puts the message back at once when there is no telling how long to wait', async () => {
    const { context, channel, message } = delivery();
    const retryDelayMs = () => {
      throw new Error('no delay');
    };
    const drain = await handle(context, fail, { retryDelayMs });
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
    expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, true);
  });

  it('survives a logger that throws', async () => {
    const warn = vi.spyOn(Logger.prototype, 'warn').mockImplementation(() => {
      throw new Error('no log');
    });
    const { context, channel, message } = delivery();
    const drain = await handle(context, fail);
    await vi.waitFor(() => expect(drain.inFlight).toBe(0));
    warn.mockRestore();
    expect(channel.nack).toHaveBeenCalledExactlyOnceWith(message, false, true);
  });

  it('leaves HTTP handlers alone', async () => {
    const context = { getType: () => 'http' } as unknown as ExecutionContext;
    const interceptor = new AckInterceptor(new Drain());
    await expect(lastValueFrom(interceptor.intercept(context, { handle: () => of(1) }))).resolves.toBe(1);
  });
});
