import type { IncomingMessage, ServerResponse } from 'node:http';
import { bestEncoding, JSON_TYPE, send as sendPacked, type Answer } from '@distrace/nest-server';

/** What Zipkin's clients take, and from where on it pays. */
const PACKING = { packFromBytes: 16 * 1024, encodings: ['gzip'] } as const;

/** JSON, as Zipkin's read API sends it. */
export function json(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { type: JSON_TYPE, body, headers };
}

/** Sends an answer; long ones as gzip, to whoever takes that. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  await sendPacked(request, response, answer, PACKING);
}

/** Whether the request says that it takes gzip. */
export function takesGzip({ headers }: IncomingMessage): boolean {
  return bestEncoding(headers['accept-encoding'], PACKING.encodings) !== undefined;
}
