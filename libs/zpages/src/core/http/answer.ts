import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageContent } from '../pages/page.js';
import { closeDocument, openDocument, shortcuts } from '../pages/layout.js';
import type { Frame } from '../pages/layout.js';
import type { Asset } from './assets.js';
import { securityHeaders } from './headers.js';
import { inSlices } from './in-slices.js';
import { jsonPieces } from './json-pieces.js';
import { contentTypes } from './negotiate.js';
import type { Format } from './negotiate.js';

/** The body of an answer in one format. */
export async function bodyOf(
  content: PageContent,
  format: Format,
  frame: Omit<Frame, 'title'>,
): Promise<Buffer> {
  if (format === 'json') return inSlices(jsonPieces(await content.json()));
  return inSlices(format === 'text' ? content.text() : documentOf(content, frame));
}

function* documentOf(content: PageContent, frame: Omit<Frame, 'title'>) {
  yield openDocument({ ...frame, title: content.title });
  yield* content.html();
  yield closeDocument(frame.live && shortcuts);
}

/** Sends a page. What it says is only true now, so nobody may keep it. */
export function sendPage(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  format: Format,
  body: Buffer,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...securityHeaders,
    'Cache-Control': 'no-store',
    'Content-Type': contentTypes[format],
    'Content-Length': body.length,
    Vary: 'Accept',
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Sends an asset; 304 where the browser has it already. */
export function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  const { etag, body, contentType } = asset;
  const headers = { ...securityHeaders, ETag: etag, 'Cache-Control': 'no-cache' };
  const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  if (known?.includes(etag) === true || known?.includes('*') === true) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Type': contentType, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}

/** Sends the browser from `/prefix` to `/prefix/`, from where relative links work. */
export function sendToSlash(response: ServerResponse, originalUrl: string): void {
  const [path = '', ...query] = originalUrl.split('?');
  const last = path.slice(path.lastIndexOf('/') + 1);
  const location = `./${last}/${query.length > 0 ? `?${query.join('?')}` : ''}`;
  response.writeHead(308, { ...securityHeaders, 'Cache-Control': 'no-store', Location: location }).end();
}
