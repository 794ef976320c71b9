import { WEAVER, type Manifest } from '@distrace/instrumentation/wire';
import { Piece } from '../packs/piece.js';
import type { Signer } from '../trust/signer.js';
import type { RuleBook } from './rule-book.js';
import { manifestRules } from './rule-set.js';

/** Options of {@link Manifests}. */
export interface ManifestsOptions {
  readonly book: RuleBook;
  readonly signer: Pick<Signer, 'sign'>;
  /** Milliseconds for which one is good. */
  readonly ttlMs: number;
  readonly pollIntervalMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const MAX_SERVICES = 2000;

/** The signed manifest of each service, the same text until something changes or half of its time is over. */
export class Manifests {
  readonly #options: ManifestsOptions;
  readonly #signed = new Map<
    string,
    { readonly piece: Piece; readonly serial: number; readonly untilMs: number }
  >();

  constructor(options: ManifestsOptions) {
    this.#options = options;
  }

  get(service: string): Piece {
    const { book, now } = this.#options;
    const known = this.#signed.get(service);
    if (known?.serial === book.serial && now() < known.untilMs) return known.piece;
    const made = this.#make(service);
    this.#signed.set(service, made);
    if (this.#signed.size > MAX_SERVICES) this.#signed.delete(this.#signed.keys().next().value!);
    return made.piece;
  }

  #make(service: string) {
    const { book, signer, ttlMs, pollIntervalMs, now } = this.#options;
    const issuedAtMs = now();
    const { sha256, sizeBytes } = book.bundle;
    const manifest: Manifest = {
      v: 1,
      service,
      serial: book.serial,
      issuedAtMs,
      expiresAtMs: issuedAtMs + ttlMs,
      rulesHash: book.rulesHash,
      weaver: WEAVER,
      rules: manifestRules(book.rules, (name) => book.isEnabled(name)),
      bundle: { sha256, sizeBytes },
      pollIntervalMs,
    };
    const piece = new Piece(signer.sign('manifest', JSON.stringify(manifest)));
    return { piece, serial: book.serial, untilMs: issuedAtMs + ttlMs / 2 };
  }
}
