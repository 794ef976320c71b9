import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { quoted, readBytes } from '@distrace/nest-server';
import { ViewerProblem } from '../problem.js';
import type { BodyRoom } from './body-room.js';

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
  // Before it takes any room.
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  const reading = room.enter(request);
  const onPiece = (bytes: number) => reading.grow(bytes);
  try {
    const bytes = await readBytes(request, { maxBytes, tooLarge: () => tooLarge(maxBytes), onPiece });
    return { bytes, isGzip: packed };
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

function tooLarge(maxBytes: number): ViewerProblem {
  return new ViewerProblem(
    413,
    'DT_ERR_VIEWER_BODY_SIZE',
    `A body must have at most ${maxBytes} bytes, unpacked, got more. Send the spans in parts.`,
  );
}
