import type { IncomingMessage, ServerResponse } from 'node:http';
import { bestEncoding, pack, type Effort, type Encoding } from './encodings.js';

/** Shorter bodies are sent as they are. */
const PACK_FROM_BYTES = 1024;

/** What is sent back. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default `fast`. */
  readonly effort?: Effort;
  /** Whoever keeps packed forms, so that 50 agents cost one packing. */
  packed?(encoding: Encoding, make: () => Promise<Buffer>): Promise<Buffer>;
}

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Told of the bytes of each body that was sent. */
export type CountBytes = (bytes: number) => void;

/** A JSON answer nobody may keep. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    type: JSON_TYPE,
    body: JSON.stringify(value),
    headers: { 'Cache-Control': 'no-store', ...headers },
  };
}

/** Sends an answer; long ones packed, to whoever takes that. HEAD gets the headers alone. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  count?: CountBytes,
): Promise<void> {
  const { status = 200, type, body = '', headers = {}, effort = 'fast', packed } = answer;
  let bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const extra: Record<string, string> = { ...headers };
  if (type !== undefined) extra['Content-Type'] = type;
  if (bytes.length >= PACK_FROM_BYTES) {
    extra['Vary'] = 'Accept-Encoding';
    const encoding = bestEncoding(request.headers['accept-encoding']);
    if (encoding !== undefined) {
      extra['Content-Encoding'] = encoding;
      const plain = bytes;
      const make = () => pack(plain, encoding, effort);
      bytes = await (packed ? packed(encoding, make) : make());
    }
  }
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(extra)) response.setHeader(name, value);
  if (status !== 304 && status !== 204) response.setHeader('Content-Length', bytes.length);
  response.statusCode = status;
  count?.(bytes.length);
  response.end(request.method === 'HEAD' || status === 304 || status === 204 ? undefined : bytes);
}

/** Whether the request has this content already. */
export function hasEtag(request: IncomingMessage, etag: string): boolean {
  const known = request.headers['if-none-match'];
  return (
    known !== undefined &&
    known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*')
  );
}
