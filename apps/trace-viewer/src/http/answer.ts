import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

const zip = promisify(gzip);

/** Shorter bodies are sent as they are. */
const ZIP_FROM_BYTES = 16 * 1024;

/** What is sent back. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether the body is sent as it is, because somebody has packed it already or thought about it. */
  readonly asIs?: boolean;
}

export const JSON_TYPE = 'application/json';
export const TEXT_TYPE = 'text/plain; charset=utf-8';

/** JSON, as Zipkin's read API sends it. */
export function json(body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { type: JSON_TYPE, body, headers };
}

/** Sends an answer; long ones packed, to whoever takes that. HEAD gets the headers alone. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): Promise<void> {
  const { status = 200, type, body = '', headers = {}, asIs = false } = answer;
  let bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const extra: Record<string, string> = { ...headers };
  if (type !== undefined) extra['Content-Type'] = type;
  if (bytes.length >= ZIP_FROM_BYTES && !asIs) {
    extra['Vary'] = 'Accept-Encoding';
    if (takesGzip(request)) {
      extra['Content-Encoding'] = 'gzip';
      bytes = await zip(bytes, { level: constants.Z_BEST_SPEED });
    }
  }
  if (response.headersSent || response.destroyed) return;
  for (const [name, value] of Object.entries(extra)) {
    if (name === 'Vary') response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  response.setHeader('Content-Length', bytes.length);
  response.statusCode = status;
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Whether the request says that it takes gzip. */
export function takesGzip(request: IncomingMessage): boolean {
  const header = request.headers['accept-encoding'];
  return /(?:^|,)\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*(?:,|$))[\d.]+\s*)?(?:,|$)/i.test(String(header ?? ''));
}
