import { describe, expect, it } from 'vitest';
import { checkAmqp } from './amqp-check.ts';
import { parseAmqpUrl } from './amqp-url.ts';
import { freePort } from './ports.ts';
import { bytes, methodFrame, startFakeBroker, startFakeServer, startFrame } from './testing/fake-server.ts';

const check = (port: number, { password = 'guest', timeoutMs = 2_000 } = {}) =>
  checkAmqp(parseAmqpUrl(`amqp://guest:${password}@127.0.0.1:${port}`), { timeoutMs });

describe('checkAmqp', () => {
  it('says ok when the login and the vhost go through', async () => {
    await using broker = await startFakeBroker('guest');
    expect(await check(broker.port)).toEqual({ kind: 'ok' });
  });

  it('says what the broker says when it refuses', async () => {
    await using broker = await startFakeBroker('other');
    expect(await check(broker.port)).toEqual({ kind: 'refused', reason: '403 ACCESS_REFUSED' });
  });

  it('takes a hang-up during the login for a refusal', async () => {
    await using broker = await startFakeServer((socket) => {
      socket.write(startFrame('PLAIN'));
      socket.on('data', (chunk) => chunk.length > 20 && socket.end());
    });
    expect(await check(broker.port)).toMatchObject({ kind: 'refused' });
  });

  it('does not send a password where PLAIN is not offered', async () => {
    await using broker = await startFakeServer((socket) => socket.write(startFrame('EXTERNAL')));
    expect(await check(broker.port)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('EXTERNAL'),
    });
  });

  it('reads frames that come byte by byte', async () => {
    await using broker = await startFakeServer((socket) => {
      const answers = [
        startFrame('PLAIN'),
        methodFrame(30, bytes('0000 00000000 0000')),
        methodFrame(41, bytes('00')),
      ];
      const pending = Array.from(Buffer.concat(answers));
      const next = () => {
        const byte = pending.shift();
        if (byte != null) socket.write(Buffer.from([byte]), () => setImmediate(next));
      };
      socket.setNoDelay(true);
      next();
    });
    expect(await check(broker.port)).toEqual({ kind: 'ok' });
  });

  it.each([
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a broker of AMQP 1.0', bytes('414d5150 00010000')],
    ['a method out of turn', methodFrame(41, bytes('00'))],
    ['a frame that breaks off', methodFrame(10, bytes('0009'))],
    ['a frame without end', Buffer.concat([startFrame('PLAIN').subarray(0, -1), bytes('00')])],
    ['a frame of a gigabyte', bytes('01 0000 40000000 000a')],
  ])('tells %s from a broker', async (_, answer) => {
    await using server = await startFakeServer((socket) => socket.write(answer));
    expect(await check(server.port)).toMatchObject({ kind: 'foreign' });
  });

  it('takes a hang-up at the header for something else than a broker', async () => {
    await using server = await startFakeServer((socket) => socket.once('data', () => socket.destroy()));
    expect(await check(server.port)).toMatchObject({ kind: 'foreign' });
  });

  it('gives up on a server that says nothing', async () => {
    await using server = await startFakeServer(() => undefined);
    expect(await check(server.port, { timeoutMs: 50 })).toMatchObject({
      kind: 'silent',
      reason: expect.stringContaining('50 ms'),
    });
  });

  it('says that nobody listens', async () => {
    expect(await check(await freePort())).toEqual({ kind: 'silent', reason: 'the connection was refused' });
  });
});
