/**
 * A collector that takes whatever comes and counts the bytes, in a process of its own so that its CPU time is not the
 * bench's. Says its port over IPC, and on `bytes` how many bytes of bodies came so far.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

let bytes = 0;
const server = createServer((request, response) => {
  request.on('data', (part: Buffer) => (bytes += part.byteLength));
  request.on('end', () => response.writeHead(202).end());
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('message', () => process.send?.(bytes));
process.on('disconnect', () => process.exit(0));
