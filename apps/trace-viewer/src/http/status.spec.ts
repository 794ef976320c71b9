import { describe, expect, it } from 'vitest';
import { readHealth } from '../health.js';
import { startViewer } from '../testing.js';

describe('the state of the viewer', () => {
  it('is in /health as Zipkin has it', async () => {
    const viewer = await startViewer();
    const { status, text, headers } = await viewer.get('/health');
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(JSON.parse(text)).toEqual({
      status: 'UP',
      zipkin: { status: 'UP', details: { 'InMemoryStorage{}': { status: 'UP' } } },
    });
  });

  it('is down when one part is', () => {
    const { isUp, body } = readHealth([
      { name: 'a', problem: () => undefined },
      { name: 'b', problem: () => 'no broker' },
    ]);
    expect(isUp).toBe(false);
    expect(JSON.parse(body)).toEqual({
      status: 'DOWN',
      zipkin: {
        status: 'DOWN',
        details: { a: { status: 'UP' }, b: { status: 'DOWN', details: { error: 'no broker' } } },
      },
    });
  });

  it('is in /metrics under the names of Zipkin, and in /prometheus', async () => {
    const viewer = await startViewer();
    await viewer.post('/api/v2/spans', '[{"traceId":"1","id":"1"},{"traceId":"1","id":"2"}]');
    await viewer.post('/api/v2/spans', 'x');
    expect(JSON.parse((await viewer.get('/metrics')).text)).toMatchObject({
      'counter.zipkin_collector.messages.http': 2,
      'counter.zipkin_collector.messages_dropped.http': 1,
      'counter.zipkin_collector.spans.http': 2,
      'gauge.zipkin_collector.message_spans.http': 2,
      'counter.trace_viewer.spans_added': 2,
      'gauge.trace_viewer.traces': 1,
    });
    const { text, headers } = await viewer.get('/prometheus');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain(
      '# HELP zipkin_collector_spans_total Spans received.\n# TYPE zipkin_collector_spans_total counter\nzipkin_collector_spans_total{transport="http"} 2\n',
    );
    expect(text).toContain('\ntrace_viewer_traces 1\n');
  });

  it.each(['/config.json', '/zipkin/config.json'])(
    "tells Zipkin's own page what it asks for: %s",
    async (path) => {
      const viewer = await startViewer();
      expect(JSON.parse((await viewer.get(path)).text)).toMatchObject({
        queryLimit: 10,
        searchEnabled: true,
        dependency: { enabled: true, lowErrorRate: 0.5, highErrorRate: 0.75 },
      });
    },
  );

  it('says in /info that it is not Zipkin', async () => {
    const viewer = await startViewer();
    expect(JSON.parse((await viewer.get('/info')).text)).toEqual({
      zipkin: { version: 'none: distrace trace-viewer', commit: '' },
      'trace-viewer': { endsWithParent: false },
    });
  });

  it('says in /info that it ends with the process that started it', async () => {
    const viewer = await startViewer({ endsWithParent: true });
    expect(JSON.parse((await viewer.get('/info')).text)).toMatchObject({
      'trace-viewer': { endsWithParent: true },
    });
  });

  it('answers 500 with a code, and logs the stack, when something breaks here', async () => {
    const viewer = await startViewer();
    viewer.viewer.store.values = () => {
      throw new Error('broken on purpose');
    };
    const { status, text } = await viewer.get('/api/v2/services');
    expect([status, text]).toEqual([
      500,
      "DT_ERR_VIEWER_INTERNAL: Something went wrong here; see the viewer's log.\n",
    ]);
    expect(viewer.warnings).toEqual([expect.stringContaining('broken on purpose\n    at ')]);
  });
});
