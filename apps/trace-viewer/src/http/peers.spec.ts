import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { startViewer, type TestViewer } from '../testing.js';

function open({ url }: TestViewer, text: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write(text));
  socket.on('error', () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

const post = (length: number): string =>
  `POST /api/v2/spans HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${length}\r\n\r\n[`;
const connections = (viewer: TestViewer): Promise<number> =>
  new Promise((resolve, reject) => {
    viewer.app
      .getHttpServer()
      .getConnections((error: Error | null, count: number) => (error ? reject(error) : resolve(count)));
  });

describe('whoever is slow', () => {
  it('takes the turn of nobody: spans are taken while a hundred bodies stall', async () => {
    const viewer = await startViewer();
    for (let i = 0; i < 100; i++) open(viewer, post(100_000));
    await vi.waitFor(async () => expect(await connections(viewer)).toBe(100), { timeout: 20_000 });
    expect(await viewer.post('/api/v2/spans', '[{"traceId":"1","id":"1"}]')).toMatchObject({ status: 202 });
  });

  it('is closed on when a body does not end in time', async () => {
    const viewer = await startViewer({ peers: { requestTimeoutMs: 200 } });
    const socket = open(viewer, post(100_000)).resume();
    await once(socket, 'close');
    expect(viewer.warnings).toEqual([]);
  });

  it('is closed on when an answer is not read, and has not cost a whole trace till then', async () => {
    const viewer = await startViewer({ peers: { stalledMs: 200 } });
    const tags = { filler: 'x'.repeat(500_000) };
    const spans = Array.from({ length: 100 }, (_, at) => ({
      traceId: '000000000000000a',
      id: hex(at + 1),
      tags,
    }));
    viewer.viewer.store.add(spans);
    const trace = viewer.viewer.store.trace('000000000000000a')!;
    const text = vi.spyOn(trace, 'text');
    open(viewer, 'GET /api/v2/trace/a HTTP/1.1\r\nHost: localhost\r\n\r\n').pause();
    await vi.waitFor(() => expect(text).toHaveBeenCalled(), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await connections(viewer)).toBe(0), { timeout: 20_000 });
    expect(text.mock.calls.length).toBeLessThan(80);
    // Not by a request: on a busy machine that reader would stall as well.
    expect([...trace.texts()]).toHaveLength(100);
  });
});

function hex(id: number): string {
  return id.toString(16).padStart(16, '0');
}
