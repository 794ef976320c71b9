import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { type Answer, hasEtag, quoted, targetOf, TEXT_TYPE } from '@distrace/nest-server';
import { ViewerProblem } from '../problem.js';
import { send, takesGzip } from './answer.js';
import type { PageFile } from './page-files.js';

/** Injection token of the page's files. */
export const PAGE_FILES = Symbol('PAGE_FILES');

const MISSING: Answer = {
  status: 503,
  type: TEXT_TYPE,
  body: 'The trace page is not built. Run npm run build, then start the viewer again.\n',
};

/** The page: its files below `/zipkin/`, and its index for every address that the page itself understands. */
@Controller()
export class PageController {
  readonly #files: ReadonlyMap<string, PageFile>;

  constructor(@Inject(PAGE_FILES) files: ReadonlyMap<string, PageFile>) {
    this.#files = files;
  }

  @Get(['/', 'zipkin', 'zipkin/*path', 'traces/*path', 'favicon.ico'])
  async page(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { path } = targetOf(request.url);
    await send(request, response, this.#answer(path, request));
  }

  #answer(path: string, request: IncomingMessage): Answer {
    const name = path.replace(/^\/(?:zipkin\/?)?/, '');
    const file = this.#files.get(name);
    if (file) return fileAnswer(file, request);
    // Whatever looks like a file, and whatever is an API's, is missing and must not look like a page.
    const last = name.slice(name.lastIndexOf('/') + 1);
    if (last.includes('.') || name.startsWith('api/') || name.startsWith('assets/')) throw unknownPath(path);
    const index = this.#files.get('index.html');
    return index ? fileAnswer(index, request) : MISSING;
  }
}

function fileAnswer(file: PageFile, request: IncomingMessage): Answer {
  const headers: Record<string, string> = {
    ETag: file.etag,
    'Cache-Control': file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
  };
  if (hasEtag(request, file.etag)) return { status: 304, headers };
  if (file.zipped && takesGzip(request)) {
    const packed = { ...headers, 'Content-Encoding': 'gzip' };
    return { type: file.type, body: file.zipped, headers: packed, asIs: true };
  }
  return { type: file.type, body: file.bytes, headers, asIs: true };
}

function unknownPath(path: string): ViewerProblem {
  return new ViewerProblem(
    404,
    'DT_ERR_VIEWER_PATH',
    `Nothing is at ${quoted(path)}. The page is at /zipkin/, the API below /api/v2/.`,
  );
}
