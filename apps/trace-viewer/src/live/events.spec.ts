import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startViewer } from '../testing.js';

interface Listener {
  readonly response: IncomingMessage;
  readonly text: () => string;
  readonly ended: () => boolean;
}

function listen(url: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/api/ui/events`, { agent: false }, (response) => {
      let text = '';
      let ended = false;
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('close', () => (ended = true));
      response.on('error', () => undefined);
      resolve({ response, text: () => text, ended: () => ended });
    });
    request.on('error', reject);
    onTestFinished(() => void request.destroy());
  });
}

const wait = { timeout: 20_000, interval: 5 };
const eventsOf = (text: string) =>
  [...text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)\n\n/gm)].map(([, id, event, data = '']) => ({
    id: Number(id),
    event,
    data: JSON.parse(data) as Record<string, unknown>,
  }));
const span = (traceId: string, id = '1') => JSON.stringify([{ traceId, id }]);

describe('/api/ui/events', () => {
  it('says hello, then which traces changed and how many there are', async () => {
    const viewer = await startViewer({ gatherMs: 1 });
    await viewer.post('/api/v2/spans', span('1'));
    const { response, text } = await listen(viewer.url);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    });
    await vi.waitFor(() => expect(eventsOf(text())).toHaveLength(1), wait);
    expect(text()).toMatch(/^retry: 2000\n\n/);
    await viewer.post('/api/v2/spans', span('2'));
    await vi.waitFor(() => expect(eventsOf(text())).toHaveLength(2), wait);
    expect(eventsOf(text())).toEqual([
      { id: 0, event: 'hello', data: { changed: [], more: false, cleared: false, traces: 1, spans: 1 } },
      {
        id: 1,
        event: 'traces',
        data: { changed: ['0000000000000002'], more: false, cleared: false, traces: 2, spans: 2 },
      },
    ]);
  });

  it('gathers what comes at one time, and says when everything was removed', async () => {
    const viewer = await startViewer({ gatherMs: 50 });
    const { text } = await listen(viewer.url);
    await viewer.post('/api/v2/spans', span('1'));
    await viewer.ask('DELETE', '/api/ui/traces', { headers: { 'x-requested-with': 'x' } });
    await viewer.post('/api/v2/spans', span('2'));
    await vi.waitFor(
      () => expect(eventsOf(text()).flatMap(({ data }) => data['changed'])).toContain('0000000000000002'),
      wait,
    );
    expect(eventsOf(text()).some(({ data }) => data['cleared'] === true)).toBe(true);
  });

  it('gives signs of life', async () => {
    const viewer = await startViewer({ events: { keepAliveMs: 5 } });
    const { text } = await listen(viewer.url);
    await vi.waitFor(() => expect(text()).toContain(': alive\n\n: alive\n\n'), wait);
  });

  it('refuses more listeners than it has room for, until one goes', async () => {
    const viewer = await startViewer({ events: { maxClients: 1 } });
    const first = await listen(viewer.url);
    const { status, headers, text } = await viewer.get('/api/ui/events');
    expect([status, headers['retry-after']]).toEqual([503, '10']);
    expect(JSON.parse(text)).toMatchObject({ code: 'DT_ERR_VIEWER_BUSY' });
    first.response.destroy();
    await vi.waitFor(() => expect(viewer.viewer.events.clientCount).toBe(0), wait);
    expect((await listen(viewer.url)).response.statusCode).toBe(200);
  });

  it('drops a listener that does not read', async () => {
    const viewer = await startViewer({ gatherMs: 0, events: { maxUnreadBytes: 1000 } });
    const { port } = new URL(viewer.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET /api/ui/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await vi.waitFor(() => expect(viewer.viewer.events.clientCount).toBe(1), wait);
    const traceIds = Array.from({ length: 100 }, (_, at) => (at + 1).toString(16).padStart(32, 'a'));
    let id = 1;
    // The buffers of two sockets must be full before anything is left unread.
    await vi.waitFor(
      () => {
        const spanId = (id++).toString(16).padStart(16, '0');
        viewer.viewer.store.add(traceIds.map((traceId) => ({ traceId, id: spanId })));
        expect(viewer.viewer.events.clientCount).toBe(0);
      },
      { timeout: 25_000, interval: 1 },
    );
  });

  it('ends the streams when the viewer closes', async () => {
    const viewer = await startViewer();
    const { ended } = await listen(viewer.url);
    await viewer.close();
    await vi.waitFor(() => expect(ended()).toBe(true), wait);
  });
});
