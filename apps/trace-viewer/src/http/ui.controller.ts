import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Delete, Get, Inject, Req, Res } from '@nestjs/common';
import { isOwnOrigin, targetOf } from '@distrace/nest-server';
import { readListQuery } from '../query/list-query.js';
import { listTraces } from '../query/list-traces.js';
import { ViewerProblem } from '../problem.js';
import { VIEWER, type Viewer } from '../viewer.js';
import { json, send } from './answer.js';

const FRESH = { 'Cache-Control': 'no-store' } as const;
/** Any value will do: a browser lets another site's page send it only if we allowed that. */
const CLEAR_HEADER = 'x-requested-with';

/** What the page needs and Zipkin's API has not. */
@Controller('api/ui')
export class UiController {
  readonly #viewer: Viewer;

  constructor(@Inject(VIEWER) viewer: Viewer) {
    this.#viewer = viewer;
  }

  @Get('summaries')
  async summaries(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { store, summaries } = this.#viewer;
    const list = await listTraces({ reader: store, summaries }, readListQuery(targetOf(request.url).search));
    await send(request, response, json(JSON.stringify({ ...list, store: store.stats }), FRESH));
  }

  @Get('events')
  async events(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    // HEAD comes here too, and would wait for ever.
    if (request.method === 'HEAD') return send(request, response, { type: 'text/event-stream' });
    request.socket.setNoDelay(true);
    this.#viewer.events.open(response);
  }

  @Delete('traces')
  async clear(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { origin, host } = request.headers;
    // Also a page that may send spans may not remove them.
    const isForeign = origin !== undefined && !isOwnOrigin(origin, host);
    if (isForeign || request.headers[CLEAR_HEADER] === undefined) {
      throw new ViewerProblem(
        403,
        'DT_ERR_VIEWER_CLEAR',
        'Whoever removes all traces must say so with the header X-Requested-With, and not from a web page elsewhere. Add it, with any value.',
      );
    }
    this.#viewer.store.clear();
    await send(request, response, { status: 204, headers: FRESH });
  }
}
