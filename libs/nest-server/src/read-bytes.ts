import type { IncomingMessage } from 'node:http';

/** Options of {@link readBytes}. */
export interface ReadBytesOptions {
  readonly maxBytes: number;
  /** The error for a body that is longer. */
  readonly tooLarge: () => Error;
  /** Told of each piece as it comes; what it throws ends the reading. */
  readonly onPiece?: (bytes: number) => void;
}

/**
 * Reads the body of a request as it comes. A long one is refused when its header says so, else where it passes the
 * limit; Node reads the rest and throws it away, since whoever is closed on while sending never sees the answer.
 */
export async function readBytes(
  request: IncomingMessage,
  { maxBytes, tooLarge, onPiece }: ReadBytesOptions,
): Promise<Buffer> {
  if (Number(request.headers['content-length']) > maxBytes) throw tooLarge();
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes) throw tooLarge();
    onPiece?.(piece.length);
    pieces.push(piece);
  }
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, length);
}
