import { trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTracingHarness } from '../testing/index.js';
import type { TracingHarness } from '../testing/index.js';
import { TracingLogger } from './tracing-logger.js';

let tracing: TracingHarness;
let written: string[];
beforeEach(() => {
  tracing = createTracingHarness();
  written = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await tracing.close();
});

describe('TracingLogger', () => {
  it('adds the active ids to JSON lines', () => {
    const logger = new TracingLogger({ json: true, colors: false });
    trace.getTracer('app').startActiveSpan('work', (span) => {
      logger.log('inside');
      expect(JSON.parse(written[0] ?? '')).toMatchObject({
        message: 'inside',
        trace_id: span.spanContext().traceId,
        span_id: span.spanContext().spanId,
      });
      span.end();
    });
    logger.log('outside');
    expect(JSON.parse(written[1] ?? '')).not.toHaveProperty('trace_id');
  });

  it('adds them behind the text otherwise', () => {
    const logger = new TracingLogger({ colors: false });
    trace.getTracer('app').startActiveSpan('work', (span) => {
      logger.log('inside');
      expect(written[0]).toContain(
        `inside trace=${span.spanContext().traceId} span=${span.spanContext().spanId}`,
      );
      span.end();
    });
    logger.log('outside');
    expect(written[1]).not.toContain('trace=');
  });
});
