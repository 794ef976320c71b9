import { context, diag, logs, metrics, propagation, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { InMemorySpans } from '../../testing/index.js';
import { chooseExporters } from './choose-exporter.js';
import { hasTracerProvider } from './has-provider.js';
import { applicationFrames } from './stack-trace-processor.js';
import { startSdk } from './start-sdk.js';

afterEach(() => {
  for (const api of [trace, context, propagation, metrics, logs, diag]) api.disable();
});

describe('startSdk', () => {
  it('leaves a provider of the app alone', async () => {
    const first = startSdk({ exporter: false });
    const second = startSdk({ exporter: false });
    expect([first.started, second.started]).toEqual([true, false]);
    expect(hasTracerProvider()).toBe(true);
    await second.shutdown();
    await first.shutdown();
  });

  it('shuts down once, however often it is asked, and flushes before', async () => {
    const shutdown = vi.fn<() => Promise<void>>(() => Promise.resolve());
    const sdk = startSdk({
      exporter: false,
      spanProcessors: [Object.assign(new InMemorySpans(), { shutdown })],
    });
    await Promise.all([sdk.shutdown(), sdk.shutdown(), sdk.forceFlush()]);
    await sdk.shutdown();
    expect(shutdown).toHaveBeenCalledTimes(1);
  });

  it('puts name, endpoint and, when asked, stack traces on spans', async () => {
    const spans = new InMemorySpans();
    const sdk = startSdk({
      serviceName: 'orders',
      endpoint: { ip: '127.0.0.1', port: 80 },
      exporter: false,
      stackTraces: true,
      spanProcessors: [spans],
    });
    trace.getTracer('app').startSpan('work').end();
    const { attributes, resource } = spans.named('work');
    expect(resource.attributes).toMatchObject({
      'service.name': 'orders',
      'network.local.address': '127.0.0.1',
      'network.local.port': 80,
    });
    expect(attributes['stacktrace.open']).toMatch(/^at /);
    expect(attributes['stacktrace.close']).toMatch(/^at /);
    await sdk.shutdown();
  });

  it('wakes tracers that were asked for before', async () => {
    const tracer = trace.getTracer('early');
    const spans = new InMemorySpans();
    const sdk = startSdk({ exporter: false, spanProcessors: [spans] });
    tracer.startSpan('from an early tracer').end();
    expect(spans.named('from an early tracer').instrumentationScope.name).toBe('early');
    await sdk.shutdown();
  });

  it('says warnings on the console, unless somebody decided otherwise', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const first = startSdk({ exporter: false });
    diag.warn('shown');
    await first.shutdown();
    for (const api of [trace, context, propagation, metrics, logs, diag]) api.disable();
    const second = startSdk({ exporter: false }, { OTEL_LOG_LEVEL: 'none' });
    diag.warn('not shown');
    await second.shutdown();
    expect(warn.mock.calls.flat()).toEqual(['shown']);
    warn.mockRestore();
  });

  it('starts nothing when the SDK is disabled', () => {
    expect(startSdk({ exporter: false }, { OTEL_SDK_DISABLED: 'true' }).started).toBe(false);
  });

  it('refuses an unknown exporter at start-up', () => {
    expect(() => startSdk({ exporter: 'nowhere(x)' })).toThrow(
      expect.objectContaining({ code: 'DT_ERR_EXPORTER_UNKNOWN' }),
    );
  });
});

describe('applicationFrames', () => {
  const app = '    at Orders.place (/app/orders.js:1:2)';
  const machinery = '    at open (/lib/tracing/span.js:1:2)\n    at run (node:internal/timers:1:2)';

  it('shows the application, not what stands between it and its span', () => {
    expect(applicationFrames(`Error\n${machinery}\n${app}`, '/lib/tracing/')).toBe(app.trim());
  });

  it('shows nothing when nothing of the application is left', () => {
    expect(applicationFrames(`Error\n${machinery}`, '/lib/tracing/')).toBe('');
  });

  it('shows a function once whose body a runtime calls, by its name and the line that runs', () => {
    const stack = [
      'Error',
      '    at open (/lib/tracing/span.js:1:2)',
      '    at inner (/app/orders.js:9:1)',
      '    at Object.body (/app/orders.js:5:3)',
      '    at run (/agent/register.js:1:100)',
      '    at AsyncLocalStorage.run (node:internal/async_local_storage:1:1)',
      '    at around (/agent/register.js:1:200)',
      '    at Orders.place (/app/orders.js:3:40)',
      '    at Object.body (/app/main.js:7:1)',
      '    at main (/app/main.js:1:1)',
    ].join('\n');
    expect(applicationFrames(stack, '/lib/tracing/', ['/agent/register.js']).split('\n')).toEqual([
      'at inner (/app/orders.js:9:1)',
      'at Orders.place (/app/orders.js:5:3)',
      // Nothing stands between these two: the application has a `body` of its own.
      'at Object.body (/app/main.js:7:1)',
      'at main (/app/main.js:1:1)',
    ]);
  });
});

describe('chooseExporters', () => {
  it.each([
    [{ exporter: false as const }, {}, 0],
    [{ exporter: 'none' }, {}, 0],
    [{}, {}, 1],
    [{}, { OTEL_TRACES_EXPORTER: 'none' }, 0],
    [{}, { OTEL_TRACES_EXPORTER: 'zipkin, console' }, 2],
    [{ exporter: 'console' }, { OTEL_TRACES_EXPORTER: 'zipkin' }, 1],
  ])('%j with %j: %i', (options, env, count) => {
    expect(chooseExporters(options, env)).toHaveLength(count);
  });
});
