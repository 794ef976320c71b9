import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileIdentity } from '@distrace/instrumentation/wire';
import { sha256 } from '../sources/source-store.js';
import { readJsonFile, writeJsonFile } from '../store/json-file.js';
import { ServiceUsage } from './service-usage.js';

const MAX_SERVICES = 500;
/** Bytes of all services in memory; what is on the disk is read again. */
const MAX_BYTES = 64 * 1024 * 1024;
const SAVE_AFTER_MS = 500;

/** Options of {@link Usage}. */
export interface UsageOptions {
  /** Without one nothing outlives the process. */
  readonly folder: string | undefined;
  readonly warn: (message: string) => void;
  /** Bytes of all services in memory. Default 64 MiB. */
  readonly maxBytes?: number;
}

/** Which files each service asked for, in the order of their first use. */
export class Usage {
  readonly #options: UsageOptions;
  readonly #services = new Map<string, Promise<ServiceUsage>>();
  readonly #sizes = new Map<string, number>();
  readonly #dirty = new Set<string>();
  readonly #asked = new Set<string>();
  #hasWarned = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: UsageOptions) {
    this.#options = options;
  }

  /** Bytes of what is in memory, as JSON. */
  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  async record(service: string, file: FileIdentity): Promise<void> {
    const usage = await this.#of(service);
    if (!usage.add(file)) return;
    // Somebody else's service may have taken its place meanwhile.
    if (!this.#services.has(service)) this.#services.set(service, Promise.resolve(usage));
    this.#sizes.set(service, usage.bytes);
    this.#dirty.add(service);
    this.#timer ??= setTimeout(() => void this.save(), SAVE_AFTER_MS).unref();
  }

  /** The files, and a number that changes with them. */
  async files(
    service: string,
  ): Promise<{ readonly version: number; readonly files: readonly FileIdentity[] }> {
    const { version, files } = await this.#of(service);
    return { version, files };
  }

  /** A number that changes with the files of a service. */
  async version(service: string): Promise<number> {
    return (await this.#of(service)).version;
  }

  /** Writes what is not on the disk yet. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const services = [...this.#dirty];
    for (const service of services) {
      const usage = await this.#of(service);
      this.#dirty.delete(service);
      if (this.#options.folder === undefined) continue;
      const path = this.#pathOf(service);
      // Another server may share the folder: what it saw is ours, too.
      for (const file of filesIn(await readJsonFile(path), service)) usage.add(file);
      await writeJsonFile(path, { v: 1, service, files: usage.files }).catch((error: unknown) =>
        this.#warnOnce(`What ${JSON.stringify(service)} needs cannot be kept: ${(error as Error).message}`),
      );
    }
    this.#shrink();
  }

  /** Tells the disk which services were asked for since the last time, so that their files count as used. */
  async touch(now: number): Promise<void> {
    const services = [...this.#asked];
    this.#asked.clear();
    if (this.#options.folder === undefined) return;
    for (const service of services) {
      await utimes(this.#pathOf(service), now / 1000, now / 1000).catch(() => undefined);
    }
  }

  /** A full disk fails twice a second for as long as it is full. */
  #warnOnce(message: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#options.warn(message);
  }

  async #of(service: string): Promise<ServiceUsage> {
    this.#asked.add(service);
    const known = this.#services.get(service);
    if (known) {
      // To the end: what was not asked for for longest goes first.
      this.#services.delete(service);
      this.#services.set(service, known);
      return await known;
    }
    const read = this.#read(service);
    this.#services.set(service, read);
    const usage = await read;
    this.#sizes.set(service, usage.bytes);
    this.#shrink(service);
    return usage;
  }

  #shrink(wanted?: string): void {
    const { maxBytes = MAX_BYTES, folder } = this.#options;
    let bytes = this.bytes;
    for (const service of this.#services.keys()) {
      if (this.#services.size <= MAX_SERVICES && bytes <= maxBytes) return;
      // What is not on the disk yet would be lost.
      if (service === wanted || (folder !== undefined && this.#dirty.has(service))) continue;
      bytes -= this.#sizes.get(service) ?? 0;
      this.#services.delete(service);
      this.#sizes.delete(service);
    }
  }

  async #read(service: string): Promise<ServiceUsage> {
    const usage = new ServiceUsage();
    if (this.#options.folder === undefined) return usage;
    for (const file of filesIn(await readJsonFile(this.#pathOf(service)), service)) usage.add(file);
    return usage;
  }

  #pathOf(service: string): string {
    return join(this.#options.folder!, `${sha256(service)}.json`);
  }
}

function filesIn(value: unknown, service: string): readonly FileIdentity[] {
  const { v, service: name, files } = (value ?? {}) as Partial<Record<string, unknown>>;
  if (v !== 1 || name !== service || !Array.isArray(files)) return [];
  return (files as readonly Partial<Record<string, unknown>>[]).filter(
    (file) =>
      ['package', 'version', 'path', 'source'].every((field) => typeof file[field] === 'string') &&
      (file['format'] === 'cjs' || file['format'] === 'esm'),
  ) as unknown as readonly FileIdentity[];
}
