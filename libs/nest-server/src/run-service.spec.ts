import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runService } from './run-service.js';

function fakeProcess() {
  const listeners = new Map<string, () => void>();
  const proc = {
    once: vi.fn<(event: string, listener: () => void) => void>(
      (event, listener) => void listeners.set(event, listener),
    ),
    exit: vi.fn<(code: number) => void>(),
    ppid: 42,
    env: {} as Record<string, string>,
  };
  const out = { log: vi.fn<(line: string) => void>(), error: vi.fn<(line: string) => void>() };
  const options = { process: proc as never, console: out };
  return { options, proc, out, signal: (name: string) => listeners.get(name)?.() };
}

const service = { address: 'http://127.0.0.1:1', close: async () => undefined };

describe('runService', () => {
  it('says once that the service is ready', async () => {
    const { options, out, proc } = fakeProcess();
    await runService('client', async () => service, options);
    expect(out.log).toHaveBeenCalledExactlyOnceWith('client ready on http://127.0.0.1:1');
    expect(proc.exit).not.toHaveBeenCalled();
  });

  it('ends with 1 and the reason when the service cannot start', async () => {
    const { options, out, proc } = fakeProcess();
    await runService('client', () => Promise.reject(new Error('PORT must be a number')), options);
    expect(out.error).toHaveBeenCalledExactlyOnceWith('client cannot start: PORT must be a number');
    expect(proc.exit).toHaveBeenCalledWith(1);
  });

  it('closes and ends with 0 at a signal, even while it waits for the broker, and at once at the second', async () => {
    const { options, out, proc, signal } = fakeProcess();
    const close = vi.fn<() => Promise<void>>(async () => undefined);
    void runService(
      'client',
      async () => ({ ...service, ready: new Promise(() => undefined), close }),
      options,
    );
    await vi.waitFor(() => expect(proc.once).toHaveBeenCalledWith('SIGTERM', expect.anything()));
    signal('SIGTERM');
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0));
    expect(close).toHaveBeenCalledOnce();
    expect(out.log).not.toHaveBeenCalled();
    signal('SIGINT');
    expect(proc.exit).toHaveBeenLastCalledWith(1);
  });

  it('closes when it has started where a signal comes before that, and says nothing', async () => {
    const { options, out, proc, signal } = fakeProcess();
    const starting = Promise.withResolvers<typeof service>();
    const running = runService('client', () => starting.promise, options);
    signal('SIGTERM');
    expect(proc.exit).not.toHaveBeenCalled();
    const close = vi.fn<() => Promise<undefined>>(async () => undefined);
    starting.resolve({ ...service, close });
    await running;
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0));
    expect(close).toHaveBeenCalledOnce();
    expect(out.log).not.toHaveBeenCalled();
  });

  it('ends with 0 when a start that a signal ended then fails', async () => {
    const { options, out, proc, signal } = fakeProcess();
    const starting = Promise.withResolvers<typeof service>();
    const running = runService('client', () => starting.promise, options);
    signal('SIGINT');
    starting.reject(new Error('ended'));
    await running;
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0));
    expect(out.error).not.toHaveBeenCalled();
  });

  it('ends with 1 and says so when closing takes too long', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { options, out, proc, signal } = fakeProcess();
    const hangs = async () => ({ ...service, close: () => new Promise<void>(() => undefined) });
    await runService('client', hangs, { ...options, closeDeadlineMs: 2000 });
    signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(1999);
    expect(proc.exit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(proc.exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(out.error).toHaveBeenCalledExactlyOnceWith('client did not close within 2000 ms after SIGTERM');
  });

  it('ends when the parent that started it has gone, and one signal then does not hurry it', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { options, proc, signal } = fakeProcess();
    proc.env['DISTRACE_PARENT_PID'] = '42';
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const close = vi.fn<() => Promise<void>>(() => closed);
    await runService('client', async () => ({ ...service, close }), options);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(close).not.toHaveBeenCalled();
    proc.ppid = 1;
    await vi.advanceTimersByTimeAsync(5_000);
    signal('SIGTERM');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(close).toHaveBeenCalledOnce();
    expect(proc.exit).not.toHaveBeenCalled();
    resolve();
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0));
  });

  it('ends with 1 when closing fails', async () => {
    const { options, out, proc, signal } = fakeProcess();
    await runService(
      'client',
      async () => ({ ...service, close: () => Promise.reject(new Error('x')) }),
      options,
    );
    signal('SIGINT');
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(1));
    expect(out.error).toHaveBeenCalledExactlyOnceWith('client did not close cleanly: x');
  });
});
