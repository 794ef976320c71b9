import { createHash } from 'node:crypto';
import type { PrivateFolder } from './private-folder.js';

const NO_FOLDER: PrivateFolder = {
  read: () => undefined,
  write: () => undefined,
  append: () => undefined,
  sweep: () => undefined,
};

const DAY_MS = 86_400_000;
const LOCAL = 'local-';

/**
 * What was fetched last, for a server that does not answer and to be spared sending it again. Signatures and hashes
 * are checked by who reads it: the folder is private, a disk may still change a bit.
 */
export class Kept {
  readonly #folder: PrivateFolder;
  readonly #prefix: string;

  /**
   * `about` tells services, servers and keys apart that share a folder. `isLocal`: the server lives no longer than
   * its process tree, and neither does what is kept of it.
   */
  constructor(
    folder: PrivateFolder | undefined,
    about: readonly string[],
    { isLocal = false }: { readonly isLocal?: boolean } = {},
  ) {
    this.#folder = folder ?? NO_FOLDER;
    this.#prefix = (isLocal ? LOCAL : '') + sha256(JSON.stringify(about)).slice(0, 16);
  }

  get manifest(): string | undefined {
    return this.#folder.read(`${this.#prefix}.manifest`)?.toString();
  }

  set manifest(text: string) {
    this.#folder.write(`${this.#prefix}.manifest`, text);
    // Not often: a few times a day, or once for a tree of processes.
    this.#folder.sweep(maxAgeMs);
  }

  get pack(): string | undefined {
    return this.#folder.read(`${this.#prefix}.pack`)?.toString();
  }

  set pack(text: string) {
    this.#folder.write(`${this.#prefix}.pack`, text);
  }

  /** By its hash: services share it. */
  bundle(hash: string): string | undefined {
    const text = this.#folder.read(`bundle-${hash}.cjs`);
    return text !== undefined && sha256(text) === hash ? text.toString() : undefined;
  }

  keepBundle(hash: string, text: string): void {
    this.#folder.write(`bundle-${hash}.cjs`, text);
  }

  /** V8's compiled form of the bundle, of this very V8; the first 64 characters of the file are its own hash. */
  compiled(hash: string): Buffer | undefined {
    const file = this.#folder.read(compiledName(hash));
    if (file === undefined || file.length < 64) return undefined;
    const content = file.subarray(64);
    return sha256(content) === file.subarray(0, 64).toString('latin1') ? content : undefined;
  }

  keepCompiled(hash: string, content: Buffer): void {
    this.#folder.write(compiledName(hash), Buffer.concat([Buffer.from(sha256(content), 'latin1'), content]));
  }

  /** What was asked for file by file since the pack was made: signed edit lists, by file key. */
  decisions(rulesHash: string): ReadonlyMap<string, string> {
    const lines = this.#folder.read(this.#decisionsName(rulesHash))?.toString().split('\n') ?? [];
    return new Map(lines.flatMap((line) => readLine(line)));
  }

  keepDecision(rulesHash: string, key: string, signed: string): void {
    this.#folder.append(this.#decisionsName(rulesHash), `${JSON.stringify([key, signed])}\n`);
  }

  #decisionsName(rulesHash: string): string {
    return `${this.#prefix}-${rulesHash.slice(0, 16)}.edits`;
  }
}

/** As `have` of a handshake names a text. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A manifest stays, also when its server has gone: its serial must not be gone back behind. */
function maxAgeMs(name: string): number | undefined {
  if (name.startsWith(LOCAL)) return DAY_MS;
  return name.endsWith('.manifest') ? undefined : 30 * DAY_MS;
}

function compiledName(hash: string): string {
  return `bundle-${hash}.${process.versions.v8.replaceAll(/[^\w.-]/g, '_')}-${process.arch}`;
}

/** Half a line, where a process ended while it wrote, is none. */
function readLine(line: string): (readonly [string, string])[] {
  try {
    const [key, signed] = JSON.parse(line) as [unknown, unknown];
    return typeof key === 'string' && typeof signed === 'string' ? [[key, signed]] : [];
  } catch {
    return [];
  }
}
