import { appendFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Endpoint } from '@distrace/zipkin';
import { errorMessage } from '../record-error.js';
import { SpareBuffer } from './byte-buffer.js';
import { prepareDiskPath, rotatedPath } from './disk-path.js';
import { LineFile } from './line-file.js';
import { makeFolders } from './make-folders.js';
import { packSpans, packSpansSync } from './pack-spans.js';
import { RetryableError } from './retryable-error.js';
import { SpanExporter } from './span-exporter.js';
import type { SendOptions, SendSyncOptions } from './span-exporter.js';
import { createZipkinWriter } from './zipkin-writer.js';
import type { SpanWriter } from './zipkin-writer.js';

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
 * The file holds whole lines only: a line torn by a crash is cut off at the next start. A file or folder that
 * vanishes is made anew. A span longer than 4 MiB is dropped. One process per file. Pipes, sockets and block devices
 * are refused; /dev/null and terminals are written to and never rotated. Throws a DistraceError at once for a path that cannot be written.
 */
export function disk(path: string, options: DiskOptions = {}): SpanExporter {
  return new DiskExporter(prepareDiskPath(path), options);
}

class DiskExporter extends SpanExporter {
  readonly #path: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  readonly #fsync: boolean;
  readonly #encode: SpanWriter;
  readonly #buffers = new SpareBuffer();
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
    this.#encode = createZipkinWriter({ endpoint });
  }

  override send(spans: readonly ReadableSpan[], options: SendOptions): Promise<void> {
    const writing = this.#last.then(() => this.#write(spans, options));
    this.#last = writing.catch(() => undefined);
    return writing;
  }

  /** Beyond the length of a file if need be: the next start puts it aside. */
  override sendSync(spans: readonly ReadableSpan[], { onDropped }: SendSyncOptions): void {
    const packs = packSpansSync(spans, {
      onDropped,
      encode: this.#encode,
      form: 'lines',
      // Not the one of a batch that is on its way.
      buffers: new SpareBuffer(),
      maxBytes: () => PACK_BYTES,
      maxSpanBytes: PACK_BYTES,
    });
    for (const { bytes } of packs) appendFileSync(this.#path, bytes, { mode: 0o640 });
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

  async #write(spans: readonly ReadableSpan[], options: SendOptions): Promise<void> {
    const packs = packSpans(spans, {
      ...options,
      encode: this.#encode,
      form: 'lines',
      buffers: this.#buffers,
      maxBytes: () => PACK_BYTES,
      maxSpanBytes: PACK_BYTES,
    });
    for await (const pack of packs) {
      try {
        await this.#append(pack.bytes);
      } catch (cause) {
        await this.#close().catch(() => undefined);
        throw new RetryableError(`cannot write ${this.#path}: ${errorMessage(cause)}`, { cause });
      }
      options.onSent?.(pack.spans);
    }
  }

  async #append(lines: Buffer): Promise<void> {
    // A file that was deleted or moved away takes lines without an error, and nobody ever reads them.
    if (this.#file !== undefined && !(await this.#file.isAt(this.#path))) await this.#close();
    this.#file ??= await this.#open();
    // A pack is never cut: a retry after a failure then never writes a span twice.
    if (this.#file.size > 0 && this.#file.size + lines.byteLength > this.#maxBytes) {
      await this.#rotate();
      this.#file = await this.#open();
    }
    await this.#file.append(lines, { fsync: this.#fsync });
  }

  async #open(): Promise<LineFile> {
    try {
      return await LineFile.open(this.#path);
    } catch (error) {
      ignoreMissing(error as NodeJS.ErrnoException);
      // The folder was there at the start and has vanished since.
      makeFolders(dirname(this.#path));
      return LineFile.open(this.#path);
    }
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

/** Written at a time; a span longer than this is dropped. */
const PACK_BYTES = 4 * 1024 * 1024;

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
