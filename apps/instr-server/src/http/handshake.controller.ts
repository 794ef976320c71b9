import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import { PROTOCOL, type HandshakeAnswer } from '@distrace/instrumentation/wire';
import { type Answer, hasEtag, JSON_TYPE, targetOf, TEXT_TYPE } from '@distrace/nest-server';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { Piece } from '../packs/piece.js';
import { ServerProblem } from '../problem.js';
import { ByteLru } from '../store/byte-lru.js';
import { checkService } from '../trust/access.js';
import { Exchange } from './exchange.js';
import { readHandshake, readService } from './messages.js';
import { ProblemFilter } from './problem.filter.js';

/** The one request of a start, which is also the poll of a running process. */
@Controller('v1')
@UseFilters(ProblemFilter)
export class HandshakeController {
  readonly #core: InstrServerCore;
  readonly #exchange: Exchange;
  /** Whole answers by what they hold: when fifty processes start, one of them is packed. */
  readonly #answers = new ByteLru<Piece>({
    maxBytes: 32 * 1024 * 1024,
    sizeOf: ({ text }) => 3 * text.length,
  });

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
    this.#exchange = new Exchange(core);
  }

  @Post('handshake')
  async handshake(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const identity = this.#core.access.check(request, 'agent');
    const {
      agent,
      have,
      pack: isPackWanted = true,
    } = readHandshake(await this.#exchange.json(request, identity));
    checkService(identity, agent.service);
    checkProtocol(agent.protocol);
    this.#core.counters.handshakes += 1;
    this.#core.agents.seen(agent);
    const { manifests, packs, book } = this.#core;
    await book.refresh();
    const pack = isPackWanted ? await packs.get(agent.service) : undefined;
    // After the pack: while that was built, the rules may have changed.
    const manifest = manifests.get(agent.service);
    const { bundle } = book;
    const parts = {
      manifest: have.manifest === manifest.sha256 ? null : manifest,
      bundle: have.bundle === bundle.sha256 ? null : bundle,
      pack: pack === undefined || have.pack === pack.sha256 ? null : pack,
    };
    // A start, not a poll: a running process has no use for most of it.
    if (agent.serial === 0) this.#core.counters.packFilesSent += parts.pack?.files ?? 0;
    if (parts.pack !== null) this.#core.counters.packsSent += 1;
    const key = Object.values(parts)
      .map((part) => part?.sha256 ?? '-')
      .join();
    let piece = this.#answers.get(key);
    if (piece === undefined) {
      const answer: HandshakeAnswer = {
        protocol: Math.min(agent.protocol.max, PROTOCOL.max),
        manifest: parts.manifest?.text ?? null,
        bundle: parts.bundle?.text ?? null,
        pack: parts.pack?.text ?? null,
      };
      piece = new Piece(JSON.stringify(answer));
      this.#answers.set(key, piece);
    }
    await this.#exchange.send(request, response, {
      ...pieceAnswer(piece, JSON_TYPE),
      headers: { 'Cache-Control': 'no-store' },
    });
  }

  @Get('manifest')
  async manifest(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    const identity = this.#core.access.check(request, 'agent', 'publisher');
    const service = readService(targetOf(request.url).search.get('service') ?? undefined);
    checkService(identity, service);
    await this.#core.book.refresh();
    const piece = this.#core.manifests.get(service);
    const headers = { ETag: piece.etag, 'Cache-Control': 'no-cache', Vary: 'Authorization, Accept-Encoding' };
    const isSame = hasEtag(request, piece.etag);
    await this.#exchange.send(
      request,
      response,
      isSame ? { status: 304, headers } : { ...pieceAnswer(piece, TEXT_TYPE), headers },
    );
  }
}

/** A text that many get. */
export function pieceAnswer(piece: Piece, type: string): Answer {
  return { type, body: piece.text, packed: (encoding, make) => piece.packed(encoding, make) };
}

/** @throws ServerProblem 409 when there is no version that both speak. */
function checkProtocol({ min, max }: { readonly min: number; readonly max: number }): void {
  if (Math.max(min, PROTOCOL.min) <= Math.min(max, PROTOCOL.max)) return;
  throw new ServerProblem(
    409,
    'DT_ERR_SERVER_PROTOCOL',
    `Agent and server must speak a common version: this server ${PROTOCOL.min} to ${PROTOCOL.max}, got ${min} to ${max}. Update the older of the two.`,
  );
}
