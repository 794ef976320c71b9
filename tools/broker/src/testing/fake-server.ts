import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A TCP server of 127.0.0.1 that does with each connection what a test wants. */
export interface FakeServer {
  readonly port: number;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a `FakeServer` on a port of the system's choice. */
export async function startFakeServer(onConnection: (socket: Socket) => void): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** Hex text to bytes; spaces are for the eye. */
export function bytes(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

/** A whole method frame of class 10 on channel 0, written out by hand. */
export function methodFrame(methodId: number, args: Buffer): Buffer {
  const head = bytes('01 0000 00000000 000a 0000');
  head.writeUInt32BE(4 + args.length, 3);
  head.writeUInt16BE(methodId, 9);
  return Buffer.concat([head, args, bytes('ce')]);
}

/** connection.start of a broker that offers `mechanisms`. */
export function startFrame(mechanisms: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(mechanisms.length);
  return methodFrame(
    10,
    Buffer.concat([
      bytes('0009 00000000'),
      length,
      Buffer.from(mechanisms),
      bytes('00000005'),
      Buffer.from('en_US'),
    ]),
  );
}

/** A server that speaks the broker's side of a login and lets `password` in. */
export function startFakeBroker(password: string): Promise<FakeServer> {
  return startFakeServer((socket) => {
    socket.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (text.startsWith('AMQP')) socket.write(startFrame('PLAIN AMQPLAIN'));
      else if (chunk.readUInt16BE(9) === 11) {
        if (text.includes(`\0${password}`)) socket.write(methodFrame(30, bytes('07ff 00020000 003c')));
        else
          socket.end(
            methodFrame(
              50,
              Buffer.concat([bytes('0193 0e'), Buffer.from('ACCESS_REFUSED'), bytes('00000000')]),
            ),
          );
      } else if (chunk.readUInt16BE(9) === 31) socket.write(methodFrame(41, bytes('00')));
    });
  });
}
