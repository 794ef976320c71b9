import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import type { FakeName } from '../pages/fake-core.spec.helper.js';
import { ended, fakeCore } from '../pages/fake-core.spec.helper.js';
import type { ZpagesQuery } from '../query.js';
import { serve } from './serve.spec.helper.js';

function manyNames(count: number): Map<string, FakeName> {
  const name = (i: number) => `name ${i} ${'x'.repeat(100)}`;
  return new Map(Array.from({ length: count }, (_, i) => [name(i), { latency: [ended(name(i), 2)] }]));
}

/** Counts how often all names were asked for. */
function counting(names: ReadonlyMap<string, FakeName>) {
  const inner = fakeCore(names);
  const counter = { asked: 0 };
  const query = ((asked: ZpagesQuery) => {
    if (asked.kind === 'aggregations') counter.asked++;
    return inner.query(asked);
  }) as typeof inner.query;
  return { core: { query }, counter };
}

/** A connection on which the test writes what it likes. */
function raw(port: number): { socket: Socket; said: Promise<string> } {
  const socket = connect(port, '127.0.0.1');
  const said = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => resolve(text));
    socket.on('close', () => resolve(text));
  });
  return { socket, said };
}

const GET = (target: string, rest = '') => `GET ${target} HTTP/1.1\r\nHost: localhost\r\n${rest}\r\n`;

describe('a port of the pages', () => {
  it('makes one page at a time for a connection that does not read', async () => {
    const { core, counter } = counting(manyNames(1000));
    await using served = await serve(core);
    await served.get('/tracez?format=text');
    const before = counter.asked;
    const sockets = Array.from({ length: 5 }, () => {
      const { socket } = raw(served.port);
      socket.pause();
      socket.write(GET('/tracez').repeat(20));
      return socket;
    });
    // Kernels hold a few pages for a reader; the rest is made when it reads.
    await vi.waitFor(() => expect(counter.asked).toBeGreaterThanOrEqual(before + 1), 20_000);
    expect((await served.get('/tracez?format=json')).status).toBe(200);
    expect(counter.asked).toBeLessThan(before + 60);
    for (const socket of sockets) socket.destroy();
  });

  it('answers pipelined requests in their order', async () => {
    await using served = await serve(manyNames(300));
    const { socket, said } = raw(served.port);
    socket.write(
      GET('/tracez?format=text') + GET('/?format=json') + GET('/tracez?format=json', 'Connection: close\r\n'),
    );
    const types = [...(await said).matchAll(/content-type: (\S+);/gi)].map(([, type]) => type);
    expect(types).toEqual(['text/plain', 'application/json', 'application/json']);
  });

  it('makes few pages for many alike requests at once', async () => {
    const { core, counter } = counting(manyNames(300));
    await using served = await serve(core);
    await served.get('/tracez?format=json');
    const before = counter.asked;
    const answers = await Promise.all(Array.from({ length: 50 }, () => served.get('/tracez?format=json')));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(counter.asked - before).toBeLessThan(50);
  });

  it('answers requests in the form for proxies, and closes after a method that it does not take', async () => {
    await using served = await serve(manyNames(1));
    for (const target of ['http://localhost/tracez?format=text', 'HTTP://127.0.0.1:99/tracez?format=text']) {
      const { socket, said } = raw(served.port);
      socket.write(GET(target, 'Connection: close\r\n'));
      expect((await said).slice(0, 15)).toBe('HTTP/1.1 200 OK');
    }
    const { socket, said } = raw(served.port);
    socket.write('POST /tracez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(await said).toMatch(/^HTTP\/1\.1 405 [^]*connection: close/i);
  });

  it.each([20_000, 66_000, 70_000, 100_000, 200_000])(
    'answers 414 to a URL of %i characters',
    async (length) => {
      await using served = await serve(manyNames(1));
      const { socket, said } = raw(served.port);
      socket.write(GET(`/tracez?q=${'a'.repeat(length)}`, 'Connection: close\r\n'));
      expect((await said).slice(0, 12)).toBe('HTTP/1.1 414');
    },
  );

  it('answers 431 to headers that are too long together', async () => {
    await using served = await serve(manyNames(1));
    const { socket, said } = raw(served.port);
    socket.write(GET('/tracez', `X: ${'a'.repeat(1000)}\r\n`.repeat(80)));
    expect((await said).slice(0, 12)).toBe('HTTP/1.1 431');
  });
});
