import { fileKey, type FileIdentity } from '@distrace/instrumentation/wire';

/** Files of one service that are remembered. */
export const MAX_FILES = 20_000;

/** Contents of one file: so many releases of an application may run side by side. */
export const MAX_CONTENTS = 4;

/** Bytes of what is remembered of one service, as JSON: an ordinary file takes 200. */
export const MAX_SERVICE_BYTES = 4 * 1024 * 1024;

/** The files that one service asked for, in the order of their first use; the oldest make room. */
export class ServiceUsage {
  readonly #files = new Map<string, { readonly file: FileIdentity; readonly bytes: number }>();
  /** Keys by place, oldest first. */
  readonly #places = new Map<string, string[]>();
  readonly #maxBytes: number;
  #bytes = 0;
  #version = 0;

  constructor({ maxBytes = MAX_SERVICE_BYTES }: { readonly maxBytes?: number } = {}) {
    this.#maxBytes = maxBytes;
  }

  /** Changes with the files. */
  get version(): number {
    return this.#version;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get files(): readonly FileIdentity[] {
    return [...this.#files.values()].map(({ file }) => file);
  }

  /** @returns whether it was not there before. */
  add({ package: name, version, path, format, source }: FileIdentity): boolean {
    const file: FileIdentity = { package: name, version, path, format, source };
    const key = fileKey(file);
    if (this.#files.has(key)) return false;
    const bytes = Buffer.byteLength(JSON.stringify(file)) + 1;
    if (bytes > this.#maxBytes) return false;
    const place = placeOf(file);
    const keys = this.#places.get(place) ?? [];
    keys.push(key);
    this.#places.set(place, keys);
    this.#files.set(key, { file, bytes });
    this.#bytes += bytes;
    this.#version += 1;
    if (keys.length > MAX_CONTENTS) this.#drop(keys[0]!);
    while (this.#files.size > MAX_FILES || this.#bytes > this.#maxBytes) {
      this.#drop(this.#files.keys().next().value!);
    }
    return true;
  }

  #drop(key: string): void {
    const found = this.#files.get(key);
    if (found === undefined) return;
    this.#files.delete(key);
    this.#bytes -= found.bytes;
    const place = placeOf(found.file);
    const others = this.#places.get(place)?.filter((other) => other !== key) ?? [];
    if (others.length === 0) this.#places.delete(place);
    else this.#places.set(place, others);
  }
}

function placeOf({ format, package: name, version, path }: FileIdentity): string {
  return `${format} ${name}@${version}/${path}`;
}
