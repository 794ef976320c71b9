import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { quoted, ViewerProblem } from '../problem.js';

const unzip = promisify(gunzip);

/** Options of {@link readBody}. */
export interface ReadBodyOptions {
  /** Of the body as it comes and, if it is packed, unpacked. */
  readonly maxBytes: number;
}

/** Reads the body of a request, unpacked. @throws ViewerProblem 400, 413, 415. */
export async function readBody(request: IncomingMessage, { maxBytes }: ReadBodyOptions): Promise<Buffer> {
  const packed = isGzip(request);
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const body = await readAll(request, maxBytes);
  if (!packed || body.length === 0) return body;
  try {
    return await unzip(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new ViewerProblem(
      400,
      'DT_ERR_VIEWER_BODY_GZIP',
      `A body with Content-Encoding gzip must be gzip, got something else: ${(cause as Error).message}. Leave the header out for a plain body.`,
      { cause },
    );
  }
}

function isGzip(request: IncomingMessage): boolean {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return false;
  if (encoding === 'gzip' || encoding === 'x-gzip') return true;
  throw new ViewerProblem(
    415,
    'DT_ERR_VIEWER_BODY_ENCODING',
    `A body must be plain or gzip, got Content-Encoding ${quoted(encoding)}.`,
    { headers: { 'Accept-Encoding': 'gzip' } },
  );
}

async function readAll(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk as Buffer);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length);
}

function tooLarge(maxBytes: number): ViewerProblem {
  // Node reads the rest and throws it away: whoever is closed on while sending never sees the answer.
  return new ViewerProblem(
    413,
    'DT_ERR_VIEWER_BODY_SIZE',
    `A body must have at most ${maxBytes} bytes, unpacked, got more. Send the spans in parts.`,
  );
}
