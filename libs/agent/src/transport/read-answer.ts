import type { IncomingMessage } from 'node:http';
import { printable } from '../printable.js';
import { speaksTls, useTls } from './explain.js';
import { StatusError, TooLargeError } from './failure.js';
import type { Endpoint } from './request.js';

/** Of a body that says what went wrong, and of what a warning tells of it. */
const MAX_PROBLEM_BYTES = 16 * 1024;
const MAX_PROBLEM_CHARS = 300;

/** The JSON of an answer, parsed. Rejects with `StatusError`, `TooLargeError`, and for redirects and other types. */
export async function readAnswer(
  response: IncomingMessage,
  maxBytes: number,
  endpoint: Endpoint,
): Promise<unknown> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) throw new Error(`redirects are not followed, got status ${status}`);
  if (status !== 200) throw new StatusError(status, await problemOf(response, endpoint));
  const type = response.headers['content-type'] ?? 'none';
  if (!/^application\/json(?:;|$)/i.test(type)) {
    throw new Error(`expected content type application/json, got ${JSON.stringify(printable(type, 80))}`);
  }
  return JSON.parse(await textOf(response, maxBytes)) as unknown;
}

async function textOf(response: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(response.headers['content-length'] ?? 0) > maxBytes) throw new TooLargeError(maxBytes);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLargeError(maxBytes);
    chunks.push(chunk);
  }
  if (!response.complete) throw new Error('the answer was cut off');
  return (await unpack(response.headers['content-encoding'], Buffer.concat(chunks), maxBytes)).toString();
}

/** What the server says of a request that it did not do: code and message of its JSON, fit for a warning. */
async function problemOf(response: IncomingMessage, endpoint: Endpoint): Promise<string> {
  try {
    const text = await textOf(response, MAX_PROBLEM_BYTES);
    if (endpoint.tls !== true && response.statusCode === 400 && speaksTls(text)) {
      return `it speaks TLS; ask with ${useTls(endpoint)}`;
    }
    const { code, message } = JSON.parse(text) as { readonly code?: unknown; readonly message?: unknown };
    return printable(
      [code, message].filter((part) => typeof part === 'string' && part !== '').join(': '),
      MAX_PROBLEM_CHARS,
    );
  } catch {
    // Too long, cut off or no JSON: then the status alone is told.
    return '';
  }
}

async function unpack(encoding: string | undefined, packed: Buffer, maxBytes: number): Promise<Buffer> {
  if (encoding === undefined || encoding === 'identity') return packed;
  const zlib = await import('node:zlib');
  const limit = { maxOutputLength: maxBytes };
  try {
    if (encoding === 'gzip') return zlib.gunzipSync(packed, limit);
    if (encoding === 'br') return zlib.brotliDecompressSync(packed, limit);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? new TooLargeError(maxBytes)
      : error;
  }
  throw new Error(`expected encoding gzip or br, got ${JSON.stringify(printable(encoding, 40))}`);
}
