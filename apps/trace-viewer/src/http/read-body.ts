import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { quoted, ViewerProblem } from '../problem.js';
import type { BodyRoom, Reading } from './body-room.js';

const unzip = promisify(gunzip);

/** Options of {@link readBody}. */
export interface ReadBodyOptions {
  readonly maxBytes: number;
  /** Where bodies are while they come. */
  readonly room: BodyRoom;
}

/** A body as it came. */
export interface PackedBody {
  readonly bytes: Buffer;
  readonly isGzip: boolean;
}

/** Reads the body of a request. @throws ViewerProblem 413, 415. */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, room }: ReadBodyOptions,
): Promise<PackedBody> {
  const packed = isGzip(request);
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const reading = room.enter(request);
  try {
    return { bytes: await readAll(request, { maxBytes, reading }), isGzip: packed };
  } finally {
    reading.leave();
  }
}

/** Unpacks a body if it is packed. @throws ViewerProblem 400, 413. */
export async function unpack({ bytes, isGzip: packed }: PackedBody, maxBytes: number): Promise<Buffer> {
  if (!packed || bytes.length === 0) return bytes;
  try {
    return await unzip(bytes, { maxOutputLength: maxBytes });
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

async function readAll(
  request: IncomingMessage,
  { maxBytes, reading }: { readonly maxBytes: number; readonly reading: Reading },
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    length += (chunk as Buffer).length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    reading.grow((chunk as Buffer).length);
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
