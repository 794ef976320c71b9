import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Inject, Param, Put, Req, Res, UseFilters } from '@nestjs/common';
import { hasEtag, TEXT_TYPE } from '@distrace/nest-server';
import { INSTR_SERVER, type InstrServerCore } from '../core.js';
import { Piece } from '../packs/piece.js';
import { ServerProblem } from '../problem.js';
import { ByteLru } from '../store/byte-lru.js';
import { checkService } from '../trust/access.js';
import { json } from './json.js';
import { Exchange } from './exchange.js';
import { pieceAnswer } from './handshake.controller.js';
import { readService, readSha256 } from './messages.js';
import { ProblemFilter } from './problem.filter.js';

const FOR_EVER = 'private, max-age=31536000, immutable';

/** What has an address of its own: bundles and edit lists by their hash, packs by their service. */
@Controller('v1')
@UseFilters(ProblemFilter)
export class ContentController {
  readonly #core: InstrServerCore;
  readonly #exchange: Exchange;
  readonly #pieces = new ByteLru<Piece>({
    maxBytes: 32 * 1024 * 1024,
    sizeOf: ({ text }) => 3 * text.length,
  });

  constructor(@Inject(INSTR_SERVER) core: InstrServerCore) {
    this.#core = core;
    this.#exchange = new Exchange(core);
  }

  @Get('bundles/:sha256')
  async bundle(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('sha256') name: string,
  ): Promise<void> {
    this.#core.access.check(request, 'agent', 'publisher');
    const hash = readSha256(name, 'The name of a bundle');
    const bundle = this.#core.book.bundleOf(hash);
    if (bundle === undefined) throw missing('bundle', 'The manifest names the one that is served');
    await this.#immutable(
      request,
      response,
      this.#piece(`bundle ${hash}`, () => bundle.text),
      {
        etag: `"${hash}"`,
        type: 'text/javascript; charset=utf-8',
      },
    );
  }

  @Get('edits/:key')
  async edits(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('key') name: string,
  ): Promise<void> {
    this.#core.access.check(request, 'agent', 'publisher');
    const key = readSha256(name, 'The key of an edit list');
    const stored = await this.#core.instrumenter.result(key);
    if (stored?.outcome.status !== 'woven') throw missing('edit list', 'Ask for it by POST /v1/instrument');
    const { edits } = stored.outcome;
    const piece = this.#piece(`edits ${key}`, () => this.#core.signer.sign('edits', edits));
    await this.#immutable(request, response, piece, { etag: piece.etag, type: TEXT_TYPE });
  }

  @Get('packs/:service')
  async pack(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('service') name: string,
  ): Promise<void> {
    const identity = this.#core.access.check(request, 'agent', 'publisher');
    const service = readService(name);
    checkService(identity, service);
    const piece = await this.#core.packs.get(service);
    if (piece === undefined) throw missing('pack', 'There is one once the service has asked for files');
    const headers = { ETag: piece.etag, 'Cache-Control': 'no-cache', Vary: 'Authorization, Accept-Encoding' };
    await this.#exchange.send(
      request,
      response,
      hasEtag(request, piece.etag)
        ? { status: 304, headers }
        : { ...pieceAnswer(piece, TEXT_TYPE), headers, effort: 'small' },
    );
  }

  @Put('packs/:service')
  async publish(
    @Req() request: IncomingMessage,
    @Res() response: ServerResponse,
    @Param('service') name: string,
  ): Promise<void> {
    const identity = this.#core.access.check(request, 'publisher');
    const service = readService(name);
    const { published, book } = this.#core;
    const { rulesHash } = await published.put(
      service,
      (await this.#exchange.bytes(request, identity)).toString(),
    );
    // A pack of other rules is kept: the server that serves them may be the next to start.
    await this.#exchange.send(request, response, json({ rulesHash, isServed: rulesHash === book.rulesHash }));
  }

  async #immutable(
    request: IncomingMessage,
    response: ServerResponse,
    piece: Piece,
    { etag, type }: { readonly etag: string; readonly type: string },
  ): Promise<void> {
    const headers = { ETag: etag, 'Cache-Control': FOR_EVER, Vary: 'Authorization, Accept-Encoding' };
    await this.#exchange.send(
      request,
      response,
      hasEtag(request, etag)
        ? { status: 304, headers }
        : { ...pieceAnswer(piece, type), headers, effort: 'small' },
    );
  }

  #piece(key: string, make: () => string): Piece {
    let piece = this.#pieces.get(key);
    if (piece === undefined) {
      piece = new Piece(make());
      this.#pieces.set(key, piece);
    }
    return piece;
  }
}

function missing(what: string, hint: string): ServerProblem {
  return new ServerProblem(
    404,
    'DT_ERR_SERVER_UNKNOWN',
    `A ${what} must be one that this server has, got another. ${hint}.`,
  );
}
