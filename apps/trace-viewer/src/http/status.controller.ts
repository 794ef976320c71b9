import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { PROMETHEUS_TYPE } from '@distrace/nest-server';
import { metricsToJson, metricsToPrometheus, readMetrics, type Metric } from '../metrics.js';
import { readHealth, type HealthCheck } from '../health.js';
import { VIEWER, type Viewer } from '../viewer.js';
import { json, send } from './answer.js';

/** Injection token of the {@link HealthCheck}s. */
export const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');

/** Injection token of {@link About}. */
export const ABOUT = Symbol('ABOUT');

/** What this viewer is. */
export interface About {
  /** It ends with the process that started it, so nobody else should rely on it. */
  readonly endsWithParent: boolean;
}

const FRESH = { 'Cache-Control': 'no-store' } as const;
const JSON_UTF_8 = 'application/json; charset=utf-8';

/** How the viewer is, and what Zipkin's page asks about the server. */
@Controller()
export class StatusController {
  readonly #viewer: Viewer;
  readonly #checks: readonly HealthCheck[];
  readonly #about: About;

  constructor(
    @Inject(VIEWER) viewer: Viewer,
    @Inject(HEALTH_CHECKS) checks: readonly HealthCheck[],
    @Inject(ABOUT) about: About,
  ) {
    this.#viewer = viewer;
    this.#checks = checks;
    this.#about = about;
  }

  @Get('health')
  async health(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { isUp, body } = readHealth(this.#checks);
    await send(request, response, { status: isUp ? 200 : 503, type: JSON_UTF_8, body, headers: FRESH });
  }

  @Get('info')
  async info(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    // Clients of Zipkin look for its key; who this really is stands beside it.
    const info = {
      zipkin: { version: 'none: distrace trace-viewer', commit: '' },
      'trace-viewer': this.#about,
    };
    await send(request, response, { type: JSON_UTF_8, body: JSON.stringify(info) });
  }

  @Get('metrics')
  async metrics(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await send(request, response, json(metricsToJson(this.#metrics()), FRESH));
  }

  @Get('prometheus')
  async prometheus(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const body = metricsToPrometheus(this.#metrics());
    await send(request, response, { type: PROMETHEUS_TYPE, body, headers: FRESH });
  }

  /** What Zipkin's own page asks for before it shows anything. */
  @Get(['config.json', 'zipkin/config.json'])
  async config(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const config = {
      environment: '',
      queryLimit: 10,
      defaultLookback: 900_000,
      searchEnabled: true,
      logsUrl: null,
      supportUrl: null,
      archivePostUrl: null,
      archiveUrl: null,
      dependency: { enabled: true, lowErrorRate: 0.5, highErrorRate: 0.75 },
    };
    const headers = { 'Cache-Control': 'max-age=600' };
    await send(request, response, { type: JSON_UTF_8, body: JSON.stringify(config), headers });
  }

  #metrics(): Metric[] {
    return readMetrics(this.#viewer.metrics, this.#viewer.store.stats);
  }
}
