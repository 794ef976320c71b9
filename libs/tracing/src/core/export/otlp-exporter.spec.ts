import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { describe, expect, it } from 'vitest';
import { startCollector } from './fake-collector.spec.helper.js';
import { fakeSpan } from './fake-span.spec.helper.js';
import { otlp } from './otlp-exporter.js';

const options = { signal: new AbortController().signal };

/** Stands for OpenTelemetry's package. */
function fakePackage(code: number) {
  const exported: ReadableSpan[] = [];
  const configs: unknown[] = [];
  class OTLPTraceExporter {
    constructor(config: unknown) {
      configs.push(config);
    }

    export(spans: ReadableSpan[], done: (result: { code: number; error?: Error }) => void): void {
      exported.push(...spans);
      done(code === 0 ? { code } : { code, error: new Error('collector said no') });
    }

    shutdown(): Promise<void> {
      return Promise.resolve();
    }
  }
  return { exported, configs, load: () => ({ OTLPTraceExporter }) };
}

function loadNothing(): never {
  throw new Error('Cannot find module');
}

describe('otlp', () => {
  it("sends by OpenTelemetry's own exporter", async () => {
    await using collector = await startCollector([{ status: 200 }]);
    const exporter = otlp(collector.url, { headers: { 'x-key': 'k' } });
    await exporter.send([fakeSpan({ name: 'work' })], options);
    await exporter.shutdown();
    const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = collector.received;
    expect(path).toBe('/v1/traces');
    expect(headers['x-key']).toBe('k');
    expect(body).toContain('"name":"work"');
  });

  it('leaves out opening pieces and what is nobody else’s business', async () => {
    const { exported, load } = fakePackage(0);
    const attributes = { 'distrace.piece': 'close', 'distrace.flag.x': '1', kept: 'yes' };
    await otlp(undefined, { load }).send(
      [
        fakeSpan({ attributes: { 'distrace.piece': 'open' } }),
        fakeSpan({
          name: 'whole',
          attributes,
          events: [{ name: 'e', time: [1, 0], attributes: { 'distrace.flags': 'x' } }],
        }),
      ],
      options,
    );
    expect(exported).toHaveLength(1);
    expect(exported[0]!.attributes).toEqual({ kept: 'yes' });
    expect(exported[0]!.events[0]!.attributes).toEqual({});
    expect(exported[0]!.name).toBe('whole');
    expect(exported[0]!.spanContext().spanId).toBe('00000000000000b1');
  });

  it('drops a bad span alone, and tells', async () => {
    const { exported, load } = fakePackage(0);
    const dropped: number[] = [];
    await otlp(undefined, { load }).send(
      [{} as ReadableSpan, fakeSpan({ endTime: [Number.NaN, 0] }), fakeSpan({ name: 'good' })],
      { ...options, onDropped: ({ length }) => dropped.push(length) },
    );
    expect(exported.map(({ name }) => name)).toEqual(['good']);
    expect(dropped).toEqual([1, 1]);
  });

  it('passes a failure on', async () => {
    const { load } = fakePackage(1);
    await expect(otlp('http://x', { load }).send([fakeSpan()], options)).rejects.toThrow('collector said no');
  });

  it('completes the URL, or leaves it to the environment', () => {
    const { configs, load } = fakePackage(0);
    otlp('http://host:4318', { load });
    otlp('http://host:4318/custom', { load });
    otlp(undefined, { load });
    expect(configs).toMatchObject([
      { url: 'http://host:4318/v1/traces' },
      { url: 'http://host:4318/custom' },
      {},
    ]);
  });

  it('says what to install when the package is missing', () => {
    expect(() => otlp(undefined, { load: loadNothing })).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_EXPORTER_PACKAGE',
        message: expect.stringContaining('npm install @opentelemetry/exporter-trace-otlp-http') as string,
      }),
    );
  });
});
