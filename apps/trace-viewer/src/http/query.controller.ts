import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { type Answer, targetOf, TEXT_TYPE } from '@distrace/nest-server';
import { findDependencies } from '../query/find-dependencies.js';
import { findTraces } from '../query/find-traces.js';
import { badParameter, missingParameter, requiredText, wholeNumber } from '../query/parameters.js';
import { findTrace, normaliseTraceId } from '../query/trace-id.js';
import { readTraceQuery, readWindow, type QueryDefaults } from '../query/trace-query.js';
import { traceToJson, tracesToJson } from '../query/trace-text.js';
import type { Name } from '../store/name-index.js';
import type { StoredTrace } from '../store/stored-trace.js';
import { VIEWER, type Viewer } from '../viewer.js';
import { json, send } from './answer.js';
import { sendPieces } from './send-pieces.js';

/** Somebody with a handful of services is still setting things up and wants to see each new one at once. */
const CACHE_FROM = 4;
const CACHED = { 'Cache-Control': 'max-age=300, must-revalidate' } as const;
/** A URL has no room for more. */
const MAX_TRACE_IDS = 1000;

/** Zipkin's read API, also below `/zipkin`, where Zipkin's own page looks for it. */
@Controller(['api/v2', 'zipkin/api/v2'])
export class QueryController {
  readonly #viewer: Viewer;

  constructor(@Inject(VIEWER) viewer: Viewer) {
    this.#viewer = viewer;
  }

  @Get('services')
  async services(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await send(request, response, this.#names(this.#viewer.store.values('service')));
  }

  @Get('spans')
  async spanNames(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await send(request, response, this.#namesOfService(request, 'span'));
  }

  @Get('remoteServices')
  async remoteServices(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await send(request, response, this.#namesOfService(request, 'remote'));
  }

  @Get('autocompleteKeys')
  async autocompleteKeys(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const keys = this.#viewer.autocompleteKeys.toSorted();
    await send(request, response, json(JSON.stringify(keys), CACHED));
  }

  @Get('autocompleteValues')
  async autocompleteValues(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const key = requiredText(targetOf(request.url).search, 'key');
    if (key === '') throw badParameter('key', 'must not be empty');
    const values = this.#viewer.store.values('tag', key);
    await send(request, response, json(JSON.stringify(values), values.length >= CACHE_FROM ? CACHED : {}));
  }

  @Get('traces')
  async traces(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const query = readTraceQuery(targetOf(request.url).search, this.#defaults());
    const traces = await findTraces(this.#viewer.store, query);
    await sendPieces(request, response, tracesToJson(traces));
  }

  @Get('trace/:traceId')
  async trace(
    @Param('traceId') text: string,
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
  ): Promise<void> {
    const trace = findTrace(this.#viewer.store, text);
    if (trace) await sendPieces(request, response, traceToJson(trace));
    else
      await send(request, response, {
        status: 404,
        type: TEXT_TYPE,
        body: `${normaliseTraceId(text)} not found`,
      });
  }

  @Get('traceMany')
  async traceMany(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const ids = readTraceIds(targetOf(request.url).search);
    const traces = new Set<StoredTrace>();
    for (const id of ids) {
      const trace = findTrace(this.#viewer.store, id);
      if (trace) traces.add(trace);
    }
    await sendPieces(request, response, tracesToJson(traces));
  }

  @Get('dependencies')
  async dependencies(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { search } = targetOf(request.url);
    if (wholeNumber(search, 'endTs') === undefined) throw missingParameter('endTs');
    const { store: reader, links: known } = this.#viewer;
    const links = await findDependencies({ reader, links: known }, readWindow(search, this.#defaults()));
    await send(request, response, json(JSON.stringify(links)));
  }

  #namesOfService(request: IncomingMessage, kind: Name['kind']): Answer {
    const service = requiredText(targetOf(request.url).search, 'serviceName').toLowerCase();
    return this.#names(service === '' ? [] : this.#viewer.store.values(kind, service));
  }

  #names(names: readonly string[]): Answer {
    return json(JSON.stringify(names), this.#viewer.store.serviceCount >= CACHE_FROM ? CACHED : {});
  }

  #defaults(): QueryDefaults {
    return { nowMs: this.#viewer.now(), lookbackMs: this.#viewer.lookbackMs };
  }
}

/** At least two ids, each once: one alone has a path of its own. */
function readTraceIds(search: URLSearchParams): readonly string[] {
  const text = requiredText(search, 'traceIds');
  const texts = text.split(',');
  if (text === '' || texts.length === 1)
    throw badParameter('traceIds', 'must be two ids or more, separated by commas');
  if (texts.length > MAX_TRACE_IDS)
    throw badParameter('traceIds', `must be at most ${MAX_TRACE_IDS} ids, got ${texts.length}`);
  const ids = texts.map(normaliseTraceId);
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated !== undefined) throw badParameter('traceIds', `must name an id once, got ${repeated} twice`);
  return texts;
}
