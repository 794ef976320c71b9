import type { IncomingMessage, ServerResponse } from 'node:http';
import { bestEncoding, ENCODINGS, pack, type Effort, type Encoding } from './encodings.js';

/** What is sent back. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the body is sent as it is, because somebody has packed it already or thought about it. */
  readonly asIs?: boolean;
  /** Default `fast`. */
  readonly effort?: Effort;
  /** Whoever keeps packed forms, so that 50 who ask cost one packing. */
  packed?(encoding: Encoding, make: () => Promise<Buffer>): Promise<Buffer>;
}

/** Options of {@link send}. */
export interface SendOptions {
  /** Shorter bodies are sent as they are. Default 1024. */
  readonly packFromBytes?: number;
  /** The one we like best first. Default all of {@link ENCODINGS}. */
  readonly encodings?: readonly Encoding[];
  /** Told of the bytes of the body that was sent. */
  readonly onSent?: (bytes: number) => void;
}

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Sends an answer; long ones packed, to whoever takes that. HEAD gets the headers alone. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, type, body = '', headers = {}, asIs = false, effort = 'fast', packed }: Answer,
  { packFromBytes = 1024, encodings = ENCODINGS, onSent }: SendOptions = {},
): Promise<void> {
  let bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const extra: Record<string, string> = { ...headers };
  if (type !== undefined) extra['Content-Type'] = type;
  if (bytes.length >= packFromBytes && !asIs) {
    extra['Vary'] ??= 'Accept-Encoding';
    const encoding = bestEncoding(request.headers['accept-encoding'], encodings);
    if (encoding !== undefined) {
      extra['Content-Encoding'] = encoding;
      const plain = bytes;
      const make = () => pack(plain, encoding, effort);
      bytes = await (packed ? packed(encoding, make) : make());
    }
  }
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(extra)) {
    // Whoever let another origin in has said that the answer varies by it.
    if (name === 'Vary') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  const hasBody = status !== 304 && status !== 204;
  if (hasBody) response.setHeader('Content-Length', bytes.length);
  response.statusCode = status;
  onSent?.(bytes.length);
  response.end(request.method === 'HEAD' || !hasBody ? undefined : bytes);
}
