import {
  context,
  diag,
  logs,
  metrics,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SpanExporter } from '../export/index.js';
import { startSdk } from './start-sdk.js';
import type { RunningSdk, SdkOptions } from './start-sdk.js';

let sdk: RunningSdk | undefined;
afterEach(async () => {
  vi.unstubAllEnvs();
  await stop();
});

async function stop(): Promise<void> {
  await sdk?.shutdown();
  for (const api of [trace, context, propagation, metrics, logs, diag]) api.disable();
}

class Kept extends SpanExporter {
  readonly names: string[] = [];
  override send(spans: readonly ReadableSpan[]): Promise<void> {
    this.names.push(...spans.map(({ name }) => name));
    return Promise.resolve();
  }
}

/** Starts tracing; `seen` is what a processor sees, `exported` what arrives at the exporter. */
function start(options: SdkOptions) {
  const exported = new Kept();
  const started: string[] = [];
  const seen: ReadableSpan[] = [];
  const processor = {
    onStart: ({ name }: { readonly name: string }) => void started.push(name),
    onEnd: (span: ReadableSpan) => void seen.push(span),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
  sdk = startSdk({ exporter: exported, spanProcessors: [processor], ...options });
  return { exported, started, seen };
}

/** A remote parent whose trace id differs at each number, and all over the range of ids. */
function remote(index: number, traceFlags: TraceFlags): Context {
  const traceId = (index * 0x9e3779b1).toString(16).padStart(32, '0');
  return trace.setSpanContext(ROOT_CONTEXT, {
    traceId,
    spanId: 'b'.repeat(16),
    traceFlags,
    isRemote: true,
  });
}

/** Makes spans without a parent, and below sampled and unsampled ones; answers which of them are sampled. */
function decisions(): readonly boolean[] {
  const parents = [ROOT_CONTEXT, ...Array.from({ length: 40 }, (_, i) => remote(i + 1, i % 2))];
  return parents.map((parent, index) => {
    const span = trace.getTracer('test').startSpan(`span ${index}`, {}, parent);
    span.end();
    return (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
  });
}

const ENVIRONMENTS: readonly (readonly [sampler: string, argument: string])[] = [
  ['', ''],
  ['always_on', ''],
  ['always_off', ''],
  ['traceidratio', '0.01'],
  ['traceidratio', '0.5'],
  ['traceidratio', ''],
  ['traceidratio', '7'],
  ['traceidratio', 'half'],
  ['parentbased_always_on', ''],
  ['parentbased_always_off', ''],
  ['parentbased_traceidratio', '0'],
  ['parentbased_traceidratio', '1'],
  ['parentbased_traceidratio', '-1'],
  ['jaeger_remote', ''],
  [' ', ' '],
];

describe('recordUnsampled', () => {
  it.each(ENVIRONMENTS)(
    'samples as without it, and shows all, with OTEL_TRACES_SAMPLER=%s and _ARG=%s',
    async (sampler, argument) => {
      vi.stubEnv('OTEL_LOG_LEVEL', 'none');
      vi.stubEnv('OTEL_TRACES_SAMPLER', sampler);
      vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', argument);
      // A root has a random id, so chance decides about it.
      const first = argument.startsWith('0.') ? 1 : 0;
      start({});
      const without = decisions();
      await stop();

      const { exported, started, seen } = start({ recordUnsampled: true });
      const sampled = decisions();
      await sdk?.forceFlush();
      expect(sampled.slice(first)).toEqual(without.slice(first));
      expect(started).toEqual(sampled.map((_, index) => `span ${index}`));
      expect(seen.map(({ name }) => name)).toEqual(started);
      expect(exported.names).toEqual(started.filter((_, index) => sampled[index]));
    },
  );

  it.each<[string, Sampler]>([
    ['nothing', new AlwaysOffSampler()],
    ['half of all', new TraceIdRatioBasedSampler(0.5)],
    ['1 %', new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(0.01) })],
    ['everything', new AlwaysOnSampler()],
  ])('goes by the option when that samples %s', async (_, sampler) => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_on');
    start({ sampler });
    const without = decisions().slice(1);
    await stop();
    const { seen, exported } = start({ sampler, recordUnsampled: true });
    const sampled = decisions();
    await sdk?.forceFlush();
    expect(sampled.slice(1)).toEqual(without);
    expect(seen).toHaveLength(sampled.length);
    expect(exported.names).toHaveLength(sampled.filter(Boolean).length);
  });

  it('shows what an unsampled span has, also that it is not sampled', () => {
    const { seen } = start({ sampler: new AlwaysOffSampler(), recordUnsampled: true });
    const span = trace.getTracer('test').startSpan('work', { attributes: { early: 1 } });
    span.setAttribute('late', 2).setStatus({ code: SpanStatusCode.ERROR, message: 'broken' }).end();
    expect(seen[0]).toMatchObject({ attributes: { early: 1, late: 2 }, status: { message: 'broken' } });
    expect(seen[0]?.spanContext().traceFlags).toBe(TraceFlags.NONE);
  });

  it('keeps a trace together: children of an unsampled root are unsampled and seen', () => {
    vi.stubEnv('OTEL_TRACES_SAMPLER', 'parentbased_always_off');
    const { seen } = start({ recordUnsampled: true });
    const tracer = trace.getTracer('test');
    const root = tracer.startSpan('root');
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    root.end();
    expect(seen.map(({ name }) => name)).toEqual(['child', 'root']);
    expect(seen[0]?.spanContext().traceId).toBe(seen[1]?.spanContext().traceId);
  });

  it('shows the spans about which a sampler throws', () => {
    const bad: Sampler = {
      shouldSample: () => {
        throw new Error('bad');
      },
      toString: () => 'bad',
    };
    const { seen } = start({ sampler: bad, recordUnsampled: true });
    expect(decisions()).not.toContain(true);
    expect(seen).toHaveLength(41);
  });

  it('is off unless asked for: what is not sampled is not recorded', () => {
    const { started } = start({ sampler: new AlwaysOffSampler() });
    expect(trace.getTracer('test').startSpan('work').isRecording()).toBe(false);
    expect(started).toEqual([]);
  });
});
