import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, zstdDecompress } from 'node:zlib';
import { quoted, readBytes } from '@distrace/nest-server';
import { ServerProblem } from '../problem.js';

type Unpack = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const UNPACK: Readonly<Record<string, Unpack>> = {
  gzip: promisify(gunzip) as Unpack,
  br: promisify(brotliDecompress) as Unpack,
  zstd: promisify(zstdDecompress) as Unpack,
};

/** Options of {@link readBody}. */
export interface ReadBodyOptions {
  /** Of the body as it comes and, if it is packed, unpacked. */
  readonly maxBytes: number;
}

/** Reads the body of a request, unpacked. @throws ServerProblem 400, 413, 415. */
export async function readBody(request: IncomingMessage, { maxBytes }: ReadBodyOptions): Promise<Buffer> {
  if ((request as { body?: unknown }).body !== undefined || request.readableEnded) {
    // Nest's own parser has read it, with limits of its own.
    throw new Error('The app must be created with bodyParser: false, or by createInstrServer.');
  }
  const unpack = unpackerOf(request);
  const body = await readBytes(request, { maxBytes, tooLarge: () => tooLarge(maxBytes) });
  if (unpack === undefined || body.length === 0) return body;
  try {
    return await unpack(body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new ServerProblem(
      400,
      'DT_ERR_SERVER_BODY',
      `A packed body must be of the Content-Encoding it names, got something else: ${(cause as Error).message}. Leave the header out for a plain body.`,
      { cause },
    );
  }
}

function unpackerOf(request: IncomingMessage): Unpack | undefined {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'identity') return undefined;
  const unpack = Object.hasOwn(UNPACK, encoding) ? UNPACK[encoding] : undefined;
  if (unpack) return unpack;
  throw new ServerProblem(
    415,
    'DT_ERR_SERVER_BODY_ENCODING',
    `A body must be plain, gzip, br or zstd, got Content-Encoding ${quoted(encoding)}. Send it as one of these.`,
    { headers: { 'Accept-Encoding': 'gzip, br, zstd' } },
  );
}

function tooLarge(maxBytes: number): ServerProblem {
  return new ServerProblem(
    413,
    'DT_ERR_SERVER_BODY_SIZE',
    `A body must have at most ${maxBytes} bytes, unpacked, got more. Leave this file out, or raise maxBodyBytes.`,
  );
}
