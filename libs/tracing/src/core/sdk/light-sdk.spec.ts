import { context, diag, propagation, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { InMemorySpans } from '../../testing/index.js';
import { findSdkPackage, provideSdkPackages } from './sdk-packages.js';
import type { SdkPackages } from './sdk-packages.js';
import { startSdk } from './start-sdk.js';

const NAMES = [
  '@opentelemetry/sdk-trace',
  '@opentelemetry/resources',
  '@opentelemetry/core',
  '@opentelemetry/context-async-hooks',
] as const satisfies readonly (keyof SdkPackages)[];

function real(names: readonly (keyof SdkPackages)[]): Partial<SdkPackages> {
  return Object.fromEntries(names.map((name) => [name, findSdkPackage(name)]));
}

describe('tracing on packages that were provided', () => {
  let packages: Partial<SdkPackages>;

  beforeEach(() => {
    packages = real(NAMES);
    provideSdkPackages(packages);
  });
  afterEach(() => {
    provideSdkPackages(undefined);
    for (const api of [trace, context, propagation, diag]) api.disable();
  });

  it('starts without the NodeSDK, with name, context and propagation', async () => {
    const spans = new InMemorySpans();
    const sdk = startSdk({ serviceName: 'orders', exporter: false, spanProcessors: [spans] }, {});
    expect(sdk.started).toBe(true);
    const headers: Record<string, string> = {};
    await trace.getTracer('app').startActiveSpan('outer', async (span) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      trace.getTracer('app').startSpan('inner').end();
      propagation.inject(context.active(), headers);
      span.end();
    });
    const { spanId } = spans.named('outer').spanContext();
    expect(spans.named('inner').parentSpanContext?.spanId).toBe(spanId);
    expect(headers['traceparent']).toContain(spanId);
    expect(spans.named('outer').resource.attributes['service.name']).toBe('orders');
    await sdk.shutdown();
  });

  it('reads sampler and resource from the environment', async () => {
    const spans = new InMemorySpans();
    const sdk = startSdk({ exporter: false, spanProcessors: [spans] }, { OTEL_TRACES_SAMPLER: 'always_off' });
    expect(trace.getTracer('app').startSpan('left out').isRecording()).toBe(false);
    await sdk.shutdown();
  });

  it('propagates nothing when the environment says so', async () => {
    const sdk = startSdk({ exporter: false }, { OTEL_PROPAGATORS: 'none' });
    expect(propagation.fields()).toEqual([]);
    await sdk.shutdown();
  });

  it('takes what was not provided for not installed', () => {
    expect(findSdkPackage('@opentelemetry/sdk-node')).toBeUndefined();
    provideSdkPackages({});
    expect(startSdk({ exporter: false }, {}).started).toBe(false);
  });

  it('leaves the chain of an SDK that another copy has started since', async () => {
    const first = startSdk({ exporter: false }, {});
    const chain = Symbol.for('distrace.sdk.chain');
    const shared = globalThis as unknown as Record<symbol, unknown>;
    const other = { processors: [], resource: () => undefined };
    shared[chain] = other;
    await first.shutdown();
    expect(shared[chain]).toBe(other);
    delete shared[chain];
  });
});
