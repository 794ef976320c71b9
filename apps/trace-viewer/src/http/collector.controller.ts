import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SpanFormat } from '@distrace/zipkin';
import { Controller, Inject, Post, Req, Res } from '@nestjs/common';
import { quoted } from '@distrace/nest-server';
import { ViewerProblem } from '../problem.js';
import { VIEWER, type Viewer } from '../viewer.js';
import { json, send } from './answer.js';
import { BodyRoom } from './body-room.js';
import { readBody, unpack, type PackedBody } from './read-body.js';

/** Bodies that are worked on at a time; each takes some memory. */
const MAX_ACTIVE = 64;
/** Bodies that have come in part may take so many times what one may have. */
const ROOM_BODIES = 16;

/** Takes spans: Zipkin's v2 and v1, and OTLP/HTTP. */
@Controller()
export class CollectorController {
  readonly #viewer: Viewer;
  readonly #room: BodyRoom;
  #active = 0;

  constructor(@Inject(VIEWER) viewer: Viewer) {
    this.#viewer = viewer;
    this.#room = new BodyRoom(ROOM_BODIES * viewer.maxBodyBytes);
  }

  @Post('api/v2/spans')
  async takeV2(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await this.#take(request, 'v2');
    await send(request, response, { status: 202 });
  }

  @Post('api/v1/spans')
  async takeV1(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await this.#take(request, 'v1');
    await send(request, response, { status: 202 });
  }

  @Post('v1/traces')
  async takeOtlp(@Req() request: IncomingMessage, @Res() response: ServerResponse): Promise<void> {
    await this.#take(request, 'otlp');
    await send(request, response, json('{"partialSuccess":{}}'));
  }

  async #take(request: IncomingMessage, format: SpanFormat): Promise<void> {
    const packed = await this.#orDrop(() => this.#read(request));
    this.#active += 1;
    try {
      const body = await this.#orDrop(() => this.#open(packed, format));
      await this.#viewer.collector.accept({ body, format, transport: 'http' });
    } finally {
      this.#active -= 1;
    }
  }

  async #read(request: IncomingMessage): Promise<PackedBody> {
    refuseBinary(request.headers['content-type']);
    return readBody(request, { maxBytes: this.#viewer.maxBodyBytes, room: this.#room });
  }

  async #open(packed: PackedBody, format: SpanFormat): Promise<Buffer> {
    if (this.#active > MAX_ACTIVE) throw busy();
    const body = await unpack(packed, this.#viewer.maxBodyBytes);
    if (format !== 'otlp') refuseSpaceAhead(body);
    return body;
  }

  /** What cannot be received is counted. */
  async #orDrop<T>(receive: () => Promise<T>): Promise<T> {
    try {
      return await receive();
    } catch (error) {
      this.#viewer.collector.drop('http');
      throw error;
    }
  }
}

function busy(): ViewerProblem {
  return new ViewerProblem(
    503,
    'DT_ERR_VIEWER_BUSY',
    `At most ${MAX_ACTIVE} bodies are taken at a time, got one more. Send it again later.`,
    { headers: { 'Retry-After': '1' } },
  );
}

/** Zipkin knows a list by its first byte: what passes here must pass there. */
function refuseSpaceAhead(body: Buffer): void {
  const first = body.toString('utf8', 0, 3).at(0) ?? '';
  if (first === '' || !/[\s\uFEFF]/.test(first)) return;
  throw new ViewerProblem(
    400,
    'DT_ERR_VIEWER_BODY_START',
    'A list of spans must begin with [ at its first byte, got white space or a byte order mark. Take it away.',
  );
}

/** Zipkin reads any other type as JSON, and so do we. */
function refuseBinary(type = ''): void {
  if (!/protobuf|thrift/i.test(type)) return;
  throw new ViewerProblem(
    415,
    'DT_ERR_VIEWER_BODY_TYPE',
    `Spans come as JSON here, got ${quoted(type)}. Set the exporter to JSON: http/json for OTLP, JSON_V2 for Zipkin.`,
    { headers: { Accept: 'application/json' } },
  );
}
