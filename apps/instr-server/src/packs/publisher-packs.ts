import { join } from 'node:path';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { openSigned, readPackFile, type Pack } from '@distrace/instrumentation/wire';
import { messageOf, quoted } from '@distrace/nest-server';
import { ServerProblem } from '../problem.js';
import { sha256 } from '../sources/source-store.js';
import { Piece } from './piece.js';

interface Published {
  readonly piece: Piece;
  readonly rulesHash: string;
}

const MAX_SERVICES = 500;

/** Packs that were made and signed elsewhere. The server keeps and serves them; it could not have made one. */
export class PublisherPacks {
  readonly #folder: string | undefined;
  readonly #keys: readonly string[];
  readonly #packs = new Map<string, Promise<Published | undefined>>();

  constructor({ folder, keys }: { readonly folder: string | undefined; readonly keys: readonly string[] }) {
    this.#folder = folder;
    this.#keys = keys;
  }

  /** The pack of a service, when it is for these rules. */
  async get(service: string, rulesHash: string): Promise<Piece | undefined> {
    if (this.#keys.length === 0) return undefined;
    let found = this.#packs.get(service);
    if (found === undefined) {
      found = this.#read(service);
      this.#remember(service, found);
    }
    const published = await found;
    return published?.rulesHash === rulesHash ? published.piece : undefined;
  }

  /** Takes a signed pack, or a file of `distrace pack build`. @throws ServerProblem 403 without a publisher's signature, 400 for another service's. */
  async put(service: string, sent: string): Promise<{ readonly rulesHash: string }> {
    const text = packPart(sent);
    const published = this.#check(service, text);
    this.#remember(service, Promise.resolve(published));
    if (this.#folder !== undefined) {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      const path = this.#pathOf(service);
      const beside = `${path}.${randomBytes(6).toString('hex')}`;
      await writeFile(beside, text, { mode: 0o600 });
      await rename(beside, path);
    }
    return { rulesHash: published.rulesHash };
  }

  #remember(service: string, published: Promise<Published | undefined>): void {
    this.#packs.set(service, published);
    if (this.#packs.size > MAX_SERVICES) this.#packs.delete(this.#packs.keys().next().value!);
  }

  #check(service: string, text: string): Published {
    let payload: string;
    try {
      payload = openSigned('pack', text, this.#keys);
    } catch (cause) {
      throw new ServerProblem(
        403,
        'DT_ERR_SERVER_PACK',
        `A pack must be signed by a publisher whose key this server was given, got another: ${messageOf(cause)}`,
        { cause },
      );
    }
    const pack = readPack(payload);
    if (pack?.service === service) {
      return { piece: new Piece(text, { files: pack.fileCount }), rulesHash: pack.rulesHash };
    }
    throw new ServerProblem(
      400,
      'DT_ERR_SERVER_PACK',
      `A pack must be for the service it is sent to, ${quoted(service)}, got ${quoted(pack?.service)}. Send it to that one.`,
    );
  }

  async #read(service: string): Promise<Published | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      return this.#check(service, await readFile(this.#pathOf(service), 'utf8'));
    } catch {
      // None, or one of a publisher that is not trusted any more.
      return undefined;
    }
  }

  #pathOf(service: string): string {
    return join(this.#folder!, `${sha256(service)}.pack`);
  }
}

function readPack(
  payload: string,
): (Pick<Pack, 'service' | 'rulesHash'> & { readonly fileCount: number }) | undefined {
  try {
    const { v, service, rulesHash, files } = JSON.parse(payload) as Partial<Record<keyof Pack, unknown>>;
    return v === 1 &&
      typeof service === 'string' &&
      typeof rulesHash === 'string' &&
      typeof files === 'object' &&
      files !== null
      ? { service, rulesHash, fileCount: Object.keys(files).length }
      : undefined;
  } catch {
    return undefined;
  }
}

/** The signed pack itself, also out of a file of `distrace pack build`, which holds manifest and bundle as well. */
function packPart(text: string): string {
  try {
    return readPackFile(text).pack;
  } catch {
    return text;
  }
}
