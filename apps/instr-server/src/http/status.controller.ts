import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res, UseFilters } from '@nestjs/common';
import { PROMETHEUS_TYPE } from '@distrace/nest-server';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { statsToPrometheus } from '../stats/prometheus.js';
import { readStats, type Stats } from '../stats/stats.js';
import { statusPage } from '../status/status-page.js';
import { STATUS_STYLE } from '../status/status-style.js';
import { json } from './json.js';
import { Exchange } from './exchange.js';
import { ProblemFilter } from './problem.filter.js';

const FRESH = { 'Cache-Control': 'no-store' } as const;

/** How the server is and who runs: for people, for Prometheus, for whoever starts it. */
@Controller()
@UseFilters(ProblemFilter)
export class StatusController {
  readonly #core: InstrServerCore;
  readonly #exchange: Exchange;

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
    this.#exchange = new Exchange(core);
  }

  /** Whether the process answers. */
  @Get('healthz')
  async health(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await this.#exchange.send(request, response, json({ status: 'ok' }));
  }

  /** Whether it should get requests: not while so many files wait that the next would be refused. */
  @Get('readyz')
  async ready(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const isReady = !this.#core.pool.isFull;
    const answer = json({ status: isReady ? 'ok' : 'busy' });
    await this.#exchange.send(request, response, isReady ? answer : { ...answer, status: 503 });
  }

  @Get('metrics')
  async metrics(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    this.#core.access.check(request, 'reader', 'publisher');
    await this.#exchange.send(request, response, {
      type: PROMETHEUS_TYPE,
      body: statsToPrometheus(await this.#stats()),
      headers: FRESH,
    });
  }

  @Get('v1/stats')
  async stats(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    this.#core.access.check(request, 'reader', 'publisher');
    await this.#exchange.send(request, response, json(await this.#stats()));
  }

  @Get('v1/agents')
  async agents(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    this.#core.access.check(request, 'reader', 'publisher');
    await this.#exchange.send(request, response, json({ agents: this.#core.agents.list() }));
  }

  @Get('/')
  async page(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    this.#core.access.check(request, 'reader', 'publisher');
    const { agents, now } = this.#core;
    const body = statusPage({
      stats: await this.#stats(),
      agents: agents.list(),
      nowMs: now(),
      pollIntervalMs: this.#core.pollIntervalMs,
    });
    await this.#exchange.send(request, response, { type: 'text/html; charset=utf-8', body, headers: FRESH });
  }

  @Get('status.css')
  async style(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await this.#exchange.send(request, response, {
      type: 'text/css; charset=utf-8',
      body: STATUS_STYLE,
      headers: { 'Cache-Control': 'max-age=3600' },
    });
  }

  async #stats(): Promise<Stats> {
    await this.#core.book.refresh();
    return readStats(this.#core);
  }
}
