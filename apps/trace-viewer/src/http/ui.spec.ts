import { describe, expect, it } from 'vitest';
import { startViewer } from '../testing.js';

const spans = (count: number) =>
  JSON.stringify(
    Array.from({ length: count }, (_, at) => ({
      traceId: (at + 1).toString(16),
      id: '1',
      name: 'x',
      timestamp: 1000 + at,
    })),
  );
const ASKED = { headers: { 'x-requested-with': 'test' } };

describe('/api/ui/summaries', () => {
  it('gives a page of the list and the size of the store, never from a cache', async () => {
    const viewer = await startViewer();
    await viewer.post('/api/v2/spans', spans(3));
    const first = await viewer.get('/api/ui/summaries?limit=2');
    expect(first.headers).toMatchObject({ 'cache-control': 'no-store', 'content-type': 'application/json' });
    const page = JSON.parse(first.text) as { traces: { traceId: string }[]; next: string };
    expect(page).toMatchObject({ store: { traces: 3, spans: 3 } });
    expect(page.traces.map(({ traceId }) => traceId)).toEqual(['0000000000000003', '0000000000000002']);
    const rest = JSON.parse(
      (await viewer.get(`/api/ui/summaries?limit=2&before=${page.next}`)).text,
    ) as typeof page;
    expect(rest.traces.map(({ traceId }) => traceId)).toEqual(['0000000000000001']);
    expect(rest.next).toBeUndefined();
  });

  it('refuses a bad filter in JSON', async () => {
    const viewer = await startViewer();
    const { status, text } = await viewer.get('/api/ui/summaries?limit=1000');
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ statusCode: 400, code: 'DT_ERR_VIEWER_PARAMETER' });
  });
});

describe('DELETE /api/ui/traces', () => {
  it('removes everything', async () => {
    const viewer = await startViewer();
    await viewer.post('/api/v2/spans', spans(3));
    expect(await viewer.ask('DELETE', '/api/ui/traces', ASKED)).toMatchObject({ status: 204, text: '' });
    expect((await viewer.get('/api/v2/trace/1')).status).toBe(404);
    expect(viewer.viewer.store.stats).toMatchObject({ traces: 0, spansCleared: 3 });
  });

  it('needs the header that no other site can send', async () => {
    const viewer = await startViewer();
    await viewer.post('/api/v2/spans', spans(3));
    const { status, text } = await viewer.ask('DELETE', '/api/ui/traces');
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({ code: 'DT_ERR_VIEWER_CLEAR' });
    expect(viewer.viewer.store.stats.traces).toBe(3);
  });
});

describe('HEAD /api/ui/events', () => {
  it('does not wait for events', async () => {
    const viewer = await startViewer();
    expect(await viewer.ask('HEAD', '/api/ui/events')).toMatchObject({ status: 200, text: '' });
    expect(viewer.viewer.events.clientCount).toBe(0);
  });
});
