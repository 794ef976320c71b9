import { fileKey, type FileIdentity, type Pack } from '@distrace/instrumentation/wire';
import type { Instrumenter } from '../instrument/instrumenter.js';
import { SingleFlight } from '../instrument/single-flight.js';
import { matchesOf } from '../instrument/outcome.js';
import type { Counters } from '../instrument/counters.js';
import type { RuleBook } from '../rules/rule-book.js';
import { ByteLru } from '../store/byte-lru.js';
import type { Signer } from '../trust/signer.js';
import { Piece } from './piece.js';
import type { PublisherPacks } from './publisher-packs.js';
import type { Usage } from './usage.js';

/** What {@link PackShelf} works with. */
export interface PackShelfParts {
  readonly usage: Usage;
  readonly book: RuleBook;
  readonly instrumenter: Instrumenter;
  readonly published: PublisherPacks;
  readonly signer: Pick<Signer, 'sign'>;
  readonly counters: Counters;
  /** Bytes of the files of one pack, as JSON; the rest is asked for file by file. Default 16 MiB. */
  readonly maxPackBytes?: number;
  /** Milliseconds that only go forward. */
  readonly clock?: () => number;
}

interface Shelved {
  readonly piece: Piece | undefined;
  readonly version: number;
  readonly serial: number;
  /** Until then a pack without the files of the last moments is good enough. */
  readonly freshUntilMs: number;
}

/** Half of what an agent takes as one answer: the helper bundle is in it as well. */
const MAX_PACK_BYTES = 16 * 1024 * 1024;

/**
 * While processes start, what a service needs changes with each file, and each change would make its pack anew for
 * the next who asks. So it rests for so many times what it took: fifty starts cost a tenth of a thread, not all of it.
 */
const REST_TIMES = 9;

/** Bytes of packs in memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/** What each service needed, as one signed text. */
export class PackShelf {
  readonly #parts: PackShelfParts;
  readonly #packs = new ByteLru<Shelved>({
    maxBytes: MAX_BYTES,
    sizeOf: ({ piece }) => 3 * (piece?.text.length ?? 0),
  });
  readonly #building = new SingleFlight<Piece | undefined>();

  readonly #clock: () => number;

  constructor(parts: PackShelfParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? (() => performance.now());
  }

  /** The publisher's pack when it is for the rules that are served, else one of what the service asked for. */
  async get(service: string): Promise<Piece | undefined> {
    const { published, usage, book } = this.#parts;
    const theirs = await published.get(service, book.rulesHash);
    if (theirs) return theirs;
    const version = await usage.version(service);
    const shelved = this.#packs.get(service);
    const isSame = shelved?.serial === book.serial;
    if (isSame && (shelved.version === version || this.#clock() < shelved.freshUntilMs)) return shelved.piece;
    // Also for who asks after a change meanwhile: what is new since is asked for by itself.
    return await this.#building.run(`${book.serial} ${service}`, () => this.#build(service));
  }

  async #build(service: string): Promise<Piece | undefined> {
    const { usage, book, signer, counters, maxPackBytes = MAX_PACK_BYTES } = this.#parts;
    const { serial, rulesHash } = book;
    const startedMs = this.#clock();
    const { version, files: used } = await usage.files(service);
    const files: string[] = [];
    let bytes = 0;
    for (const file of used) {
      const edits = await this.#editsOf(file);
      if (edits === undefined) continue;
      const entry = `${JSON.stringify(fileKey(file))}:${edits}`;
      // One that is too large leaves room for those after it.
      if (bytes + Buffer.byteLength(entry) + 1 > maxPackBytes) continue;
      bytes += Buffer.byteLength(entry) + 1;
      files.push(entry);
    }
    const count = files.length;
    const isEmpty = count === 0;
    const piece = isEmpty
      ? undefined
      : new Piece(signer.sign('pack', packText({ v: 1, service, serial, rulesHash }, files)), {
          files: count,
        });
    if (!isEmpty) counters.packsBuilt += 1;
    const nowMs = this.#clock();
    const freshUntilMs = isEmpty ? nowMs : nowMs + REST_TIMES * (nowMs - startedMs);
    this.#packs.set(service, { piece, version, serial, freshUntilMs });
    return piece;
  }

  /** An edit list's JSON, `null` for "nothing to be woven"; undefined for what only the process itself can send. */
  async #editsOf(file: FileIdentity): Promise<string | undefined> {
    const { instrumenter, counters } = this.#parts;
    const key = instrumenter.keyOf(file);
    if (key === undefined) return 'null';
    let stored = await instrumenter.result(key);
    if (stored === undefined) {
      // Rules have changed since: what is still here is woven before anybody waits for it.
      const text = await instrumenter.sourceOf(file);
      if (text === undefined) return undefined;
      stored = await instrumenter.weave(key, file, text).catch(() => undefined);
    }
    if (stored === undefined) return undefined;
    const { outcome } = stored;
    // Out of time or memory today: asked for again, it may be woven.
    if (outcome.status === 'refused' && outcome.kind === 'limit') return undefined;
    counters.matched(key, () => matchesOf(outcome));
    // A refusal is told to whoever asks; in a pack it would cost each start a question for the same answer.
    return outcome.status === 'woven' ? outcome.edits : 'null';
  }
}

/** A pack's JSON of entries that are JSON already: parsing them only to write them again cost most of a build. */
function packText(head: Omit<Pack, 'files'>, entries: readonly string[]): string {
  return `${JSON.stringify(head).slice(0, -1)},"files":{${entries.join(',')}}}`;
}
