import { dirname, sep } from 'node:path';
import type { FileRules, PreparedRules } from '@distrace/instrumentation';
import { fileKey, type FileIdentity } from '@distrace/instrumentation/wire';
import { ByteLru } from '../store/byte-lru.js';
import { sha256 } from '../sources/source-store.js';
import { prepare, type LoadedRules } from './rule-set.js';
import { stateOf, switched, type RuleState } from './rule-state.js';
import { StateFolder } from './state-folder.js';

/** The helper bundle under the name of its content. */
export interface Bundle {
  readonly sha256: string;
  readonly text: string;
  readonly sizeBytes: number;
}

/** Options of {@link openRuleBook}. */
export interface RuleBookOptions {
  /** Reads the extensions anew. @throws for what cannot be loaded. */
  load(): Promise<LoadedRules>;
  /** Keeps serials and switches over restarts, and shares them with other servers. Default: nothing does. */
  readonly stateFolder?: string | undefined;
  /** Says where the rules come from: changed ones take over the switches. */
  readonly origin: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

// Whoever got a manifest just before a reload still asks for its bundle.
const BUNDLES_KEPT = 4;

// What another server has switched is seen by the next handshake after it.
const LOOK_AFTER_MS = 1000;

/** The rules that are served now, which of them are switched off, and the serial that says what is newer. */
export class RuleBook {
  readonly #options: RuleBookOptions;
  readonly #decisions = new ByteLru<FileRules>({
    maxBytes: 32 * 1024 * 1024,
    sizeOf: ({ rules }) => 200 + 500 * rules.length,
  });
  readonly #bundles = new Map<string, Bundle>();
  readonly #states: StateFolder;
  #loaded: LoadedRules;
  #prepared: PreparedRules;
  #bundle: Bundle;
  #state: RuleState;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  /** See {@link openRuleBook}. */
  constructor(options: RuleBookOptions, states: StateFolder, { loaded, prepared, bundle, state }: Taken) {
    this.#options = options;
    this.#states = states;
    this.#loaded = loaded;
    this.#prepared = prepared;
    this.#state = state;
    this.#bundle = this.#keep(bundle);
  }

  get rules(): PreparedRules {
    return this.#prepared;
  }

  /** Folders with files that the rules were made of, and that are the extensions' own. */
  get watchedFolders(): readonly string[] {
    const { folders, files } = this.#loaded;
    const own = files.filter(
      (file) =>
        folders.some((folder) => file.startsWith(folder + sep)) && !file.includes(`${sep}node_modules${sep}`),
    );
    return [...new Set([...folders, ...own.map((file) => dirname(file))])];
  }

  get rulesHash(): string {
    return this.#state.rulesHash;
  }

  get serial(): number {
    return this.#state.serial;
  }

  get bundle(): Bundle {
    return this.#bundle;
  }

  /** This bundle or one of the last. */
  bundleOf(hash: string): Bundle | undefined {
    return this.#bundles.get(hash);
  }

  isEnabled(name: string): boolean {
    return !this.#state.disabled.includes(name);
  }

  /** Which rules may match in a file. */
  rulesFor(file: FileIdentity): FileRules {
    const key = fileKey(file);
    let decision = this.#decisions.get(key);
    if (decision === undefined) {
      decision = this.#prepared.rulesFor(file);
      this.#decisions.set(key, decision);
    }
    return decision;
  }

  /** Takes what another server of the same rules has switched; looks at most once a second. Never rejects. */
  async refresh(): Promise<void> {
    const nowMs = this.#options.now();
    if (Math.abs(nowMs - this.#lookedAtMs) < LOOK_AFTER_MS) return;
    this.#lookedAtMs = nowMs;
    const states = await this.#states.read();
    const theirs = states.find(({ rulesHash }) => rulesHash === this.#state.rulesHash);
    if (theirs !== undefined && theirs.serial > this.#state.serial) this.#state = theirs;
  }

  /**
   * Switches a rule on or off in all processes at their next poll, whichever server of the same rules and the same
   * store they ask; false when there is none of this name.
   */
  async setEnabled(name: string, enabled: boolean): Promise<boolean> {
    if (!this.#prepared.rules.some((rule) => rule.name === name)) return false;
    const { rulesHash } = this.#state;
    const state = await this.#states.change((states) => {
      const latest = states.find((other) => other.rulesHash === rulesHash) ?? this.#state;
      return switched(latest, name, enabled, states, this.#options.now());
    });
    // Rules that were loaded meanwhile have taken over what this one was changed from.
    if (this.#state.rulesHash !== rulesHash) return await this.setEnabled(name, enabled);
    if (state.serial > this.#state.serial) this.#state = state;
    return true;
  }

  /** Loads the extensions anew; what was served stays when that fails. @returns whether anything changed. */
  async reload(): Promise<boolean> {
    const { rulesHash } = this.#prepared;
    const { sha256: hash } = this.#bundle;
    const { loaded, prepared, bundle, state } = await take(this.#options, this.#states);
    this.#loaded = loaded;
    this.#prepared = prepared;
    this.#decisions.clear();
    this.#bundle = this.#keep(bundle);
    this.#state = state;
    return prepared.rulesHash !== rulesHash || bundle.sha256 !== hash;
  }

  #keep(bundle: Bundle): Bundle {
    this.#bundles.delete(bundle.sha256);
    this.#bundles.set(bundle.sha256, bundle);
    if (this.#bundles.size > BUNDLES_KEPT) this.#bundles.delete(this.#bundles.keys().next().value!);
    return bundle;
  }
}

/** What a load came to. */
interface Taken {
  readonly loaded: LoadedRules;
  readonly prepared: PreparedRules;
  readonly bundle: Bundle;
  readonly state: RuleState;
}

/** Loads the extensions and takes up where the last run ended. @throws InstrServerError for what cannot be loaded. */
export async function openRuleBook(options: RuleBookOptions): Promise<RuleBook> {
  const states = new StateFolder({ folder: options.stateFolder, warn: options.warn });
  return new RuleBook(options, states, await take(options, states));
}

async function take({ load, origin, now }: RuleBookOptions, states: StateFolder): Promise<Taken> {
  const loaded = await load();
  // Before anything changes: it refuses rules that cannot work.
  const prepared = prepare(loaded.rules);
  const bundle: Bundle = {
    sha256: sha256(loaded.bundle),
    text: loaded.bundle,
    sizeBytes: Buffer.byteLength(loaded.bundle),
  };
  const found = { rulesHash: prepared.rulesHash, bundle: bundle.sha256, origin };
  const state = await states.change((known) => stateOf(found, known, now()));
  return { loaded, prepared, bundle, state };
}
