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
  return {
    proc,
    out,
    options: { process: proc as never, console: out },
    signal: (name: string) => listeners.get(name)?.(),
  };
}

const service = { address: 'http://127.0.0.1:1', close: async () => undefined };

describe('runService', () => {
  it('says once that it is ready', async () => {
    const { options, out, proc } = fakeProcess();
    await runService('viewer', async () => service, options);
    expect(out.log).toHaveBeenCalledExactlyOnceWith('viewer ready on http://127.0.0.1:1');
    expect(proc.exit).not.toHaveBeenCalled();
  });

  it('ends with 1 and the reason when it cannot start', async () => {
    const { options, out, proc } = fakeProcess();
    await runService('viewer', () => Promise.reject(new Error('PORT must be a number')), options);
    expect(out.error).toHaveBeenCalledExactlyOnceWith('viewer cannot start: PORT must be a number');
    expect(proc.exit).toHaveBeenCalledExactlyOnceWith(1);
  });

  it('closes and ends with 0 at a signal, and at once at the second', async () => {
    const { options, proc, signal } = fakeProcess();
    await runService('viewer', async () => service, options);
    signal('SIGTERM');
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0));
    signal('SIGINT');
    expect(proc.exit).toHaveBeenLastCalledWith(1);
  });

  it('closes when it has started where a signal comes before that, and says nothing', async () => {
    const { options, out, proc, signal } = fakeProcess();
    const starting = Promise.withResolvers<typeof service>();
    const running = runService('viewer', () => starting.promise, options);
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
    const running = runService('viewer', () => starting.promise, options);
    signal('SIGINT');
    starting.reject(new Error('ended'));
    await running;
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0));
    expect(out.error).not.toHaveBeenCalled();
  });

  it('ends with 1 when closing fails', async () => {
    const { options, out, proc, signal } = fakeProcess();
    await runService(
      'viewer',
      async () => ({ ...service, close: () => Promise.reject(new Error('disk')) }),
      options,
    );
    signal('SIGINT');
    await vi.waitFor(() => expect(proc.exit).toHaveBeenCalledExactlyOnceWith(1));
    expect(out.error).toHaveBeenCalledExactlyOnceWith('viewer did not close cleanly: disk');
  });

  it('ends when the parent that started it has gone', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { options, proc } = fakeProcess();
    proc.env['DISTRACE_PARENT_PID'] = '42';
    await runService('viewer', async () => service, options);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(proc.exit).not.toHaveBeenCalled();
    proc.ppid = 1;
    await vi.advanceTimersByTimeAsync(5000);
    expect(proc.exit).toHaveBeenCalledExactlyOnceWith(0);
  });
});
