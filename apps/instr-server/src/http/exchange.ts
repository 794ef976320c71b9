import type { IncomingMessage, ServerResponse } from 'node:http';
import { send, type Answer } from '@distrace/nest-server';
import type { InstrServerCore } from '../core.js';
import type { Identity } from '../trust/access.js';
import { parseJson } from './parse-json.js';
import { readBody } from './read-body.js';

/** The header by which an agent says who it is, its `agentId`; for counting and for its share of the rate. */
export const AGENT_HEADER = 'distrace-agent';

/** Bodies in, answers out, with limits and counts. */
export class Exchange {
  readonly #core: InstrServerCore;

  constructor(core: InstrServerCore) {
    this.#core = core;
  }

  /** The body as bytes. @throws ServerProblem 413, 415, 429. */
  async bytes(request: IncomingMessage, identity: Identity): Promise<Buffer> {
    this.#core.rate.take(`${identity.id} ${this.agentOf(request) ?? request.socket.remoteAddress ?? ''}`);
    const body = await readBody(request, { maxBytes: this.#core.maxBodyBytes });
    this.#core.counters.bytesReceived += body.length;
    return body;
  }

  /** The body as a JSON value. @throws ServerProblem 400, 413, 415, 429. */
  async json(request: IncomingMessage, identity: Identity): Promise<unknown> {
    return parseJson(await this.bytes(request, identity));
  }

  async send(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    if (answer.status === 304) this.#core.counters.notModified += 1;
    await send(request, response, answer, {
      onSent: (bytes) => (this.#core.counters.bytesSent += bytes),
    });
  }

  /** Who asks, when it is one that has shaken hands: nobody gets a larger share by making names up. */
  agentOf(request: IncomingMessage): string | undefined {
    const id = request.headers[AGENT_HEADER];
    return typeof id === 'string' && this.#core.agents.get(id) ? id : undefined;
  }
}
