import { promisify } from 'node:util';
import { gzip, gzipSync } from 'node:zlib';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeV1 } from '@distrace/zipkin';
import type { Endpoint } from '@distrace/zipkin';
import { errorMessage } from '../record-error.js';
import { SpareBuffer } from './byte-buffer.js';
import { dropSpans } from './drop-spans.js';
import { createHttpPost, postByFetch } from './http-post.js';
import type { HttpPost } from './http-post.js';
import { postSync } from './http-post-sync.js';
import { httpUrl } from './http-url.js';
import { packSpans, packSpansSync } from './pack-spans.js';
import { retryAfterMs } from './retry-after.js';
import { RetryableError } from './retryable-error.js';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions, SendSyncOptions } from './span-exporter.js';
import { toZipkinSpan } from './to-zipkin.js';
import type { ZipkinDefaults } from './to-zipkin.js';
import { createZipkinWriter } from './zipkin-writer.js';
import type { SpanWriter } from './zipkin-writer.js';

/** How spans go to Zipkin. */
export interface DirectZipkinOptions {
  /** Zipkin's JSON format. v1 is for old collectors; Zipkin's server reads both. Default `v2`. */
  readonly encoding?: 'v1' | 'v2';
  /** Further request headers, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Time one request may take, milliseconds. Default 10 000. */
  readonly timeoutMs?: number;
  /** Send with this instead of node:http, which takes half the CPU time of the global `fetch`. */
  readonly fetch?: typeof fetch;
  /** Compress bodies: for a collector far away. Default false. */
  readonly gzip?: boolean;
  /** A batch whose JSON is longer goes in several requests, and a single span that is longer is dropped; bytes.
   * Default 4 MiB, below the common limit of 5. */
  readonly maxBodyBytes?: number;
  /** Fills the parts of a span's local endpoint that neither span nor resource have. */
  readonly endpoint?: Endpoint;
}

/**
 * Sends spans to Zipkin, the embedded trace viewer, or anything that takes Zipkin's JSON over HTTP. A URL without
 * a path gets Zipkin's own (`/api/v2/spans`). No connection, no time, 408, 429 and 5xx are worth another
 * try (`Retry-After` is honoured). After a 413 bodies are half as long and the spans are sent once more; any other
 * answer but 2xx is final. Throws a DistraceError for a bad URL.
 */
export function directZipkin(url = 'http://127.0.0.1:9411', options: DirectZipkinOptions = {}): SpanExporter {
  return new ZipkinExporter(url, options);
}

class ZipkinExporter extends SpanExporter {
  readonly #url: URL;
  readonly #options: DirectZipkinOptions;
  readonly #encode: SpanWriter;
  readonly #buffers = new SpareBuffer();
  readonly #maxBodyBytes: number;
  /** As the option says, or what is left of it when the other side would not take that much. */
  #packBytes: number;
  readonly #post: HttpPost;

  constructor(url: string, options: DirectZipkinOptions) {
    super();
    const encoding = options.encoding ?? 'v2';
    this.#url = httpUrl(url, {
      exporter: 'directZipkin',
      defaultPath: `/api/${encoding}/spans`,
      example: 'http://127.0.0.1:9411',
    });
    this.#options = options;
    const { endpoint, maxBodyBytes = 4 * 1024 * 1024 } = options;
    this.#encode = encoding === 'v1' ? writerV1({ endpoint }) : createZipkinWriter({ endpoint });
    this.#maxBodyBytes = maxBodyBytes;
    this.#packBytes = maxBodyBytes;
    this.#post =
      options.fetch === undefined ? createHttpPost(this.#url) : postByFetch(this.#url, options.fetch);
  }

  override send(spans: readonly ReadableSpan[], options: SendOptions): Promise<void> {
    return this.#sendPacked(spans, options, { mayHalve: true });
  }

  /** Not by a `fetch` that was given: nothing of it would run any more. */
  override sendSync(spans: readonly ReadableSpan[], { timeoutMs, onDropped }: SendSyncOptions): void {
    const packs = packSpansSync(spans, {
      onDropped,
      encode: this.#encode,
      form: 'list',
      buffers: new SpareBuffer(),
      maxBytes: () => this.#packBytes,
      maxSpanBytes: this.#maxBodyBytes,
    });
    const { headers = {}, gzip: isCompressed = false } = this.#options;
    const bodies = Array.from(packs, ({ bytes }) =>
      isCompressed ? gzipSync(bytes) : Uint8Array.from(bytes),
    );
    if (bodies.length === 0) return;
    postSync({ url: this.#url, headers: this.#headers(headers, isCompressed), bodies, timeoutMs });
  }

  override async shutdown(): Promise<void> {
    await super.shutdown();
    this.#post.close();
  }

  #headers(own: Readonly<Record<string, string>>, isCompressed: boolean): Record<string, string> {
    return {
      'content-type': 'application/json',
      ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
      ...own,
    };
  }

  async #sendPacked(
    spans: readonly ReadableSpan[],
    options: SendOptions,
    { mayHalve }: { readonly mayHalve: boolean },
  ): Promise<void> {
    const packs = packSpans(spans, {
      ...options,
      encode: this.#encode,
      form: 'list',
      buffers: this.#buffers,
      maxBytes: () => this.#packBytes,
      maxSpanBytes: this.#maxBodyBytes,
    });
    for await (const pack of packs) {
      const answer = await this.#sendBody(pack.bytes, options.signal);
      if (answer === undefined) {
        options.onSent?.(pack.spans);
      } else if (mayHalve && pack.spans.length > 1) {
        this.#packBytes = Math.max(SMALLEST_PACK_BYTES, Math.ceil(pack.bytes.byteLength / 2));
        await this.#sendPacked(pack.spans, options, { mayHalve: false });
      } else {
        dropSpans(pack.spans, answer, options);
      }
    }
  }

  /** Resolves with what the other side said if the body is too long for it, and rejects for any other refusal. */
  async #sendBody(json: Buffer, signal: AbortSignal): Promise<string | undefined> {
    const { headers = {}, timeoutMs = 10_000, gzip: isCompressed = false } = this.#options;
    const { status, retryAfter, text } = await this.#request({
      headers: this.#headers(headers, isCompressed),
      body: isCompressed ? await compress(json) : json,
      signal,
      timeoutMs,
    });
    if (status >= 200 && status < 300) return undefined;
    const message = `${this.#where()} answered ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`;
    if (status === 413) return message;
    if (status === 408 || status === 429 || status >= 500)
      throw new RetryableError(message, { retryAfterMs: retryAfterMs(retryAfter) });
    throw new Error(message);
  }

  async #request(request: Parameters<HttpPost['post']>[0]): ReturnType<HttpPost['post']> {
    try {
      return await this.#post.post(request);
    } catch (cause) {
      throw new RetryableError(`cannot reach ${this.#where()}: ${reason(cause)}`, { cause });
    }
  }

  /** Without user, password and query: this text ends in logs. */
  #where(): string {
    return `${this.#url.origin}${this.#url.pathname}`;
  }
}

/** One span of a v1 list. */
function writerV1(defaults: ZipkinDefaults): SpanWriter {
  return (span, to) => to.putText(encodeV1([toZipkinSpan(span, defaults)]).slice(1, -1));
}

const compress = promisify(gzip);

/** A collector that refuses less than this refuses spans, not their number. */
const SMALLEST_PACK_BYTES = 16 * 1024;

function reason(cause: unknown): string {
  // fetch says only "fetch failed"; what happened is its cause. A refused connection to a name with two
  // addresses has an empty message and a code.
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (!(inner instanceof Error)) return errorMessage(inner);
  return inner.message || String((inner as NodeJS.ErrnoException).code ?? inner.name);
}
