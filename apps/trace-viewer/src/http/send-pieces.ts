import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Slicer } from '../in-slices.js';
import { json, send } from './answer.js';

/** Up to here an answer is put together at once, and packed if that is wanted. */
const AT_ONCE_CHARS = 1024 * 1024;

/**
 * Sends JSON that comes in pieces. A short one goes as any answer; a long one piece by piece, with room for the event
 * loop between them, and no faster than it is read.
 */
export async function sendPieces(
  request: IncomingMessage,
  response: ServerResponse,
  pieces: Iterable<string>,
): Promise<void> {
  const slicer = new Slicer();
  let text = '';
  let isStreaming = false;
  for (const piece of pieces) {
    text += piece;
    if (slicer.isOver) await slicer.pause();
    if (text.length < AT_ONCE_CHARS) continue;
    if (!isStreaming) response.writeHead(200, { 'Content-Type': 'application/json' });
    isStreaming = true;
    if (!(await write(response, text))) return;
    text = '';
  }
  if (isStreaming) response.end(text);
  else await send(request, response, json(text));
}

/** Writes, and waits until there is room for more; false when nobody reads any more. */
async function write(response: ServerResponse, text: string): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(text)) return true;
  const done = new AbortController();
  const { signal } = done;
  const gone = once(response, 'close', { signal }).then(() => false);
  const drained = once(response, 'drain', { signal }).then(() => true);
  try {
    return await Promise.race([drained, gone]);
  } finally {
    // The other one would wait, and listen, for the rest of the answer.
    done.abort();
    await Promise.allSettled([drained, gone]);
  }
}
