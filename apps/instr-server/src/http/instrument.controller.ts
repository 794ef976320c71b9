import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Inject, Param, Post, Put, Req, Res, UseFilters } from '@nestjs/common';
import type { AvailabilityPhase, HasAnswer } from '@distrace/instrumentation/wire';
import { JSON_TYPE } from '@distrace/nest-server';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { checkService } from '../trust/access.js';
import { json } from './json.js';
import { Exchange } from './exchange.js';
import { readHas, readInstrument, readSha256 } from './messages.js';
import { ProblemFilter } from './problem.filter.js';

/** The thesis' requests about files: instrument it, keep it, do you have it. */
@Controller('v1')
@UseFilters(ProblemFilter)
export class InstrumentController {
  readonly #core: InstrServerCore;
  readonly #exchange: Exchange;

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
    this.#exchange = new Exchange(core);
  }

  @Post('instrument')
  async instrument(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const { access, instrumenter, usage, agents } = this.#core;
    const identity = access.check(request, 'agent');
    const asked = readInstrument(await this.#exchange.json(request, identity));
    checkService(identity, asked.service);
    const { body, isMiss, isFinal, key } = await instrumenter.answer(asked);
    if (isFinal) await usage.record(asked.service, asked.file);
    const agentId = this.#exchange.agentOf(request);
    if (agentId !== undefined) agents.asked(agentId, { isMiss });
    await this.#exchange.send(request, response, {
      type: JSON_TYPE,
      body,
      headers: {
        'Cache-Control': 'no-store',
        ...(isFinal && key !== undefined && { 'Content-Location': `/v1/edits/${key}` }),
      },
    });
  }

  @Put('sources/:sha256')
  async keep(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('sha256') hash: string,
  ): Promise<void> {
    const identity = this.#core.access.check(request, 'agent', 'publisher');
    const name = readSha256(hash, 'The name of a source');
    this.#core.instrumenter.keep(name, await this.#exchange.bytes(request, identity));
    await this.#exchange.send(request, response, { status: 204 });
  }

  @Post('has')
  async has(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const identity = this.#core.access.check(request, 'agent', 'publisher');
    const { service, files } = readHas(await this.#exchange.json(request, identity));
    checkService(identity, service);
    const phases: (AvailabilityPhase | null)[] = [];
    // One after the other: the disk is the same for all, and a long list must not take it from everybody else.
    for (const file of files) phases.push((await this.#core.instrumenter.phaseOf(file)) ?? null);
    await this.#exchange.send(request, response, json({ phases } satisfies HasAnswer));
  }
}
