import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Delete, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { quoted } from '@distrace/nest-server';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { ServerProblem } from '../problem.js';
import { checkService } from '../trust/access.js';
import { json } from './json.js';
import { Exchange } from './exchange.js';
import { readGoodbye, readSwitch } from './messages.js';
import { ProblemFilter } from './problem.filter.js';

/** What a publisher changes, and what an agent says when it ends. */
@Controller('v1')
@UseFilters(ProblemFilter)
export class AdminController {
  readonly #core: InstrServerCore;
  readonly #exchange: Exchange;

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
    this.#exchange = new Exchange(core);
  }

  @Post('rules/*name')
  async setRule(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('name') parts: string | readonly string[],
  ): Promise<void> {
    const identity = this.#core.access.check(request, 'publisher');
    // A rule's name may hold a slash.
    const name = typeof parts === 'string' ? parts : parts.join('/');
    const { enabled } = readSwitch(await this.#exchange.json(request, identity));
    const { book } = this.#core;
    if (!(await book.setEnabled(name, enabled))) {
      throw new ServerProblem(
        404,
        'DT_ERR_SERVER_UNKNOWN',
        `A rule must be one that is served, got ${quoted(name)}. GET /v1/stats lists them.`,
      );
    }
    await this.#exchange.send(request, response, json({ name, enabled, serial: book.serial }));
  }

  @Post('reload')
  async reload(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    this.#core.access.check(request, 'publisher');
    const report = await this.#core.reloader.reload();
    if (report.status === 'kept') {
      throw new ServerProblem(
        422,
        'DT_ERR_SERVER_RELOAD',
        `Extensions must load, so the rules from before are still served: ${report.reason}`,
      );
    }
    await this.#exchange.send(request, response, json(report));
  }

  @Delete('agents/:id')
  async remove(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('id') id: string,
  ): Promise<void> {
    const identity = this.#core.access.check(request, 'agent', 'publisher');
    // What it has done since its last poll; a process of a second has had none.
    const last = hasBody(request) ? readGoodbye(await this.#exchange.json(request, identity)) : undefined;
    const record = this.#core.agents.get(id);
    if (record) {
      checkService(identity, record.facts.service);
      if (last?.agentId === id && last.service === record.facts.service) this.#core.agents.seen(last);
      this.#core.agents.ended(id);
    }
    await this.#exchange.send(request, response, { status: 204 });
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
