import { join } from 'node:path';
import { fileKey, type FileIdentity } from '@distrace/instrumentation/wire';
import { sha256 } from '../sources/source-store.js';
import { readJsonFile, writeJsonFile } from '../store/json-file.js';

/** Files of one service that are remembered. */
export const MAX_FILES = 20_000;

/** Contents of one file: so many releases of an application may run side by side. */
export const MAX_CONTENTS = 4;

const MAX_SERVICES = 500;
const SAVE_AFTER_MS = 500;

interface ServiceUsage {
  readonly files: Map<string, FileIdentity>;
  /** Keys by place, oldest first. */
  readonly places: Map<string, string[]>;
  version: number;
}

/** Which files each service asked for, in the order of their first use. */
export class Usage {
  readonly #folder: string | undefined;
  readonly #warn: (message: string) => void;
  readonly #services = new Map<string, Promise<ServiceUsage>>();
  readonly #dirty = new Set<string>();
  #hasWarned = false;
  #timer: NodeJS.Timeout | undefined;

  /** Without a folder nothing outlives the process. */
  constructor({
    folder,
    warn,
  }: {
    readonly folder: string | undefined;
    readonly warn: (message: string) => void;
  }) {
    this.#folder = folder;
    this.#warn = warn;
  }

  async record(service: string, file: FileIdentity): Promise<void> {
    const usage = await this.#of(service);
    if (!add(usage, file)) return;
    this.#dirty.add(service);
    this.#timer ??= setTimeout(() => void this.save(), SAVE_AFTER_MS).unref();
  }

  /** The files, and a number that changes with them. */
  async files(
    service: string,
  ): Promise<{ readonly version: number; readonly files: readonly FileIdentity[] }> {
    const { version, files } = await this.#of(service);
    return { version, files: [...files.values()] };
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
    this.#dirty.clear();
    if (this.#folder === undefined) return;
    for (const service of services) {
      const usage = await this.#of(service);
      const path = this.#pathOf(service);
      // Another server may share the folder: what it saw is ours, too.
      for (const file of filesIn(await readJsonFile(path), service)) add(usage, file);
      await writeJsonFile(path, { v: 1, service, files: [...usage.files.values()] }).catch((error: unknown) =>
        this.#warnOnce(`What ${JSON.stringify(service)} needs cannot be kept: ${(error as Error).message}`),
      );
    }
  }

  /** A full disk fails twice a second for as long as it is full. */
  #warnOnce(message: string): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    this.#warn(message);
  }

  #of(service: string): Promise<ServiceUsage> {
    const known = this.#services.get(service);
    if (known) return known;
    const read = this.#read(service);
    this.#services.set(service, read);
    if (this.#services.size > MAX_SERVICES) this.#services.delete(this.#services.keys().next().value!);
    return read;
  }

  async #read(service: string): Promise<ServiceUsage> {
    const usage: ServiceUsage = { files: new Map(), places: new Map(), version: 0 };
    if (this.#folder === undefined) return usage;
    for (const file of filesIn(await readJsonFile(this.#pathOf(service)), service)) add(usage, file);
    return usage;
  }

  #pathOf(service: string): string {
    return join(this.#folder!, `${sha256(service)}.json`);
  }
}

function add(usage: ServiceUsage, file: FileIdentity): boolean {
  const key = fileKey(file);
  if (usage.files.has(key)) return false;
  const place = `${file.format} ${file.package}@${file.version}/${file.path}`;
  const keys = usage.places.get(place) ?? [];
  keys.push(key);
  usage.places.set(place, keys);
  if (keys.length > MAX_CONTENTS) usage.files.delete(keys.shift()!);
  usage.files.set(key, {
    package: file.package,
    version: file.version,
    path: file.path,
    format: file.format,
    source: file.source,
  });
  if (usage.files.size > MAX_FILES) usage.files.delete(usage.files.keys().next().value!);
  usage.version += 1;
  return true;
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
