import { Controller, Get, Inject, Injectable, Res } from '@nestjs/common';

/** `ok` while messages can come in; `starting` until that was so for the first time. */
export type BrokerState = 'starting' | 'ok' | 'disconnected';

/** Something that knows the state of its connection. */
export interface BrokerLink {
  readonly state: BrokerState;
}

/** Injection token of the service's name. */
export const SERVICE_NAME = Symbol('SERVICE_NAME');

/** The state of the consumers of a service: that of the one which is worst off. */
@Injectable()
export class BrokerHealth {
  readonly #links: BrokerLink[] = [];

  /** Counts this link in from now on. */
  watch(link: BrokerLink): void {
    this.#links.push(link);
  }

  get state(): BrokerState {
    const states = new Set(this.#links.map(({ state }) => state));
    if (states.has('disconnected')) return 'disconnected';
    return states.size === 0 || states.has('starting') ? 'starting' : 'ok';
  }
}

/** `GET /health`: 200 while the service can receive messages, else 503. */
@Controller('health')
export class HealthController {
  constructor(
    @Inject(BrokerHealth) private readonly health: BrokerHealth,
    @Inject(SERVICE_NAME) private readonly service: string,
  ) {}

  @Get()
  report(@Res({ passthrough: true }) response: { status(code: number): unknown }): {
    readonly status: BrokerState;
    readonly service: string;
  } {
    const { state } = this.health;
    response.status(state === 'ok' ? 200 : 503);
    return { status: state, service: this.service };
  }
}
