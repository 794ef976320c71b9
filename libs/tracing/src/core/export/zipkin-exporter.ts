import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeV1, encodeV2 } from '@distrace/zipkin';
import type { Endpoint, Span } from '@distrace/zipkin';
import { createHttpPost, postByFetch } from './http-post.js';
import type { HttpPost } from './http-post.js';
import { httpUrl } from './http-url.js';
import { RetryableError } from './retryable-error.js';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions } from './span-exporter.js';
import { splitBodies } from './split-bodies.js';
import { toZipkinSpan } from './to-zipkin.js';

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
  /** A batch whose JSON is longer goes in several requests, bytes. Default 4 MiB, below the common limit of 5. */
  readonly maxBodyBytes?: number;
  /** Fills the parts of a span's local endpoint that neither span nor resource have. */
  readonly endpoint?: Endpoint;
}

/**
 * Sends spans to Zipkin, the embedded trace viewer, or anything that takes Zipkin's JSON over HTTP. A URL without
 * a path gets Zipkin's own (`/api/v2/spans`). No connection, no time, 429 and 5xx are worth another try
 * (`Retry-After` is honoured), any other answer but 2xx is final. Throws a DistraceError for a bad URL.
 */
export function directZipkin(url = 'http://127.0.0.1:9411', options: DirectZipkinOptions = {}): SpanExporter {
  return new ZipkinExporter(url, options);
}

class ZipkinExporter extends SpanExporter {
  readonly #url: URL;
  readonly #options: DirectZipkinOptions;
  readonly #encode: (spans: readonly Span[]) => string;
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
    this.#encode = encoding === 'v1' ? encodeV1 : encodeV2;
    this.#post = options.fetch === undefined ? createHttpPost(this.#url) : postByFetch(options.fetch);
  }

  override async send(spans: readonly ReadableSpan[], { signal }: SendOptions): Promise<void> {
    const { endpoint, maxBodyBytes = 4 * 1024 * 1024 } = this.#options;
    const zipkinSpans = spans.map((span) => toZipkinSpan(span, { endpoint }));
    for (const text of splitBodies(zipkinSpans, this.#encode, maxBodyBytes))
      await this.#sendBody(text, signal);
  }

  override async shutdown(): Promise<void> {
    await super.shutdown();
    this.#post.close();
  }

  async #sendBody(text: string, signal: AbortSignal): Promise<void> {
    const { headers = {}, timeoutMs = 10_000, gzip: isCompressed = false } = this.#options;
    const body = isCompressed ? await compress(text) : Buffer.from(text);
    const {
      status,
      retryAfter,
      text: answer,
    } = await this.#request({
      url: this.#url,
      headers: {
        'content-type': 'application/json',
        ...(isCompressed ? { 'content-encoding': 'gzip' } : {}),
        ...headers,
      },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    if (status >= 200 && status < 300) return;
    const message = `${this.#where()} answered ${status}${answer === '' ? '' : `: ${answer.slice(0, 200)}`}`;
    if (status === 429 || status >= 500)
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

const compress = promisify(gzip);

function reason(cause: unknown): string {
  // fetch says only "fetch failed"; what happened is its cause. A refused connection to a name with two
  // addresses has an empty message and a code.
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (!(inner instanceof Error)) return String(inner);
  return inner.message || String((inner as NodeJS.ErrnoException).code ?? inner.name);
}

/** Seconds or a date, as HTTP has it. */
function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return ms > 0 ? ms : undefined;
}
