import { rename, rm } from 'node:fs/promises';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { encodeSpanV2 } from '@distrace/zipkin';
import type { Endpoint } from '@distrace/zipkin';
import { prepareDiskPath, rotatedPath } from './disk-path.js';
import { LineFile } from './line-file.js';
import { RetryableError } from './retryable-error.js';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions } from './span-exporter.js';
import { toZipkinSpan } from './to-zipkin.js';

/** How spans go to disk. */
export interface DiskOptions {
  /** A file that would grow beyond this is put aside and a new one begun, bytes. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Files kept, the current one included. Default 3. */
  readonly maxFiles?: number;
  /** Wait after each batch until it has reached the device, so that it survives a power cut. Default false. */
  readonly fsync?: boolean;
  /** Fills the parts of a span's local endpoint that neither span nor resource have. */
  readonly endpoint?: Endpoint;
}

/**
 * Writes spans to a file, one line of Zipkin v2 JSON each. The path is a file, or a folder (existing, or ending in
 * `/`) in which it is `spans.ndjson`; full files become `spans.1.ndjson` and so on, a higher number being older.
 * The file holds whole lines only: a line torn by a crash is cut off at the next start. One process per file.
 * Throws a DistraceError at once for a path that cannot be written.
 */
export function disk(path: string, options: DiskOptions = {}): SpanExporter {
  return new DiskExporter(prepareDiskPath(path), options);
}

class DiskExporter extends SpanExporter {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #fsync: boolean;
  readonly #endpoint: Endpoint | undefined;
  #file: LineFile | undefined;
  /** Writes go one after the other whoever calls. */
  #last: Promise<void> = Promise.resolve();

  constructor(
    path: string,
    { maxBytes = 64 * 1024 * 1024, maxFiles = 3, fsync = false, endpoint }: DiskOptions,
  ) {
    super();
    this.#path = path;
    this.#maxBytes = maxBytes;
    this.#maxFiles = Math.max(1, maxFiles);
    this.#fsync = fsync;
    this.#endpoint = endpoint;
  }

  override send(spans: readonly ReadableSpan[], { signal }: SendOptions): Promise<void> {
    const writing = this.#last.then(() => this.#write(spans, signal));
    this.#last = writing.catch(() => undefined);
    return writing;
  }

  override async forceFlush(): Promise<void> {
    await super.forceFlush();
    await this.#last;
  }

  override async shutdown(): Promise<void> {
    await super.shutdown();
    await this.#last;
    await this.#close();
  }

  async #write(spans: readonly ReadableSpan[], signal: AbortSignal): Promise<void> {
    if (spans.length === 0) return;
    signal.throwIfAborted();
    const lines = spans.map((span) => `${encodeSpanV2(toZipkinSpan(span, { endpoint: this.#endpoint }))}\n`);
    try {
      await this.#append(Buffer.from(lines.join('')));
    } catch (cause) {
      await this.#close().catch(() => undefined);
      throw new RetryableError(`cannot write ${this.#path}: ${(cause as Error).message}`, { cause });
    }
  }

  async #append(batch: Buffer): Promise<void> {
    this.#file ??= await LineFile.open(this.#path);
    // A batch is never cut: a retry after a failure then never writes a span twice.
    if (this.#file.size > 0 && this.#file.size + batch.byteLength > this.#maxBytes) {
      await this.#rotate();
      this.#file = await LineFile.open(this.#path);
    }
    await this.#file.append(batch, { fsync: this.#fsync });
  }

  async #rotate(): Promise<void> {
    await this.#close();
    const paths = [this.#path];
    for (let number = 1; number < this.#maxFiles; number++) paths.push(rotatedPath(this.#path, number));
    await rm(paths.at(-1)!, { force: true });
    for (let i = paths.length - 2; i >= 0; i--) await rename(paths[i]!, paths[i + 1]!).catch(ignoreMissing);
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
