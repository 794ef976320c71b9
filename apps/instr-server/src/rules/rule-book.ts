import { dirname, sep } from 'node:path';
import type { FileRules, PreparedRules } from '@distrace/instrumentation';
import { fileKey, type FileIdentity } from '@distrace/instrumentation/wire';
import { ByteLru } from '../store/byte-lru.js';
import { readJsonFile, writeJsonFile } from '../store/json-file.js';
import { sha256 } from '../sources/source-store.js';
import { prepare, type LoadedRules } from './rule-set.js';

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
  /** Keeps serial and switches over restarts. Default: nothing does. */
  readonly stateFile?: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly warn: (message: string) => void;
}

// Whoever got a manifest just before a reload still asks for its bundle.
const BUNDLES_KEPT = 4;

interface State {
  readonly serial: number;
  readonly rulesHash: string;
  readonly bundle: string;
  readonly disabled: readonly string[];
}

/** The rules that are served now, which of them are switched off, and the serial that says what is newer. */
export class RuleBook {
  readonly #options: RuleBookOptions;
  readonly #decisions = new ByteLru<FileRules>({
    maxBytes: 32 * 1024 * 1024,
    sizeOf: ({ rules }) => 200 + 500 * rules.length,
  });
  readonly #bundles = new Map<string, Bundle>();
  #loaded: LoadedRules;
  #prepared: PreparedRules;
  #state: State;

  constructor(options: RuleBookOptions, loaded: LoadedRules, before: State | undefined) {
    this.#options = options;
    this.#loaded = loaded;
    this.#prepared = prepare(loaded.rules);
    this.#state = this.#take(loaded, before);
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
    return this.#bundles.get(this.#state.bundle)!;
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

  /** Switches a rule on or off in all processes at their next poll; false when there is none of this name. */
  async setEnabled(name: string, enabled: boolean): Promise<boolean> {
    if (!this.#prepared.rules.some((rule) => rule.name === name)) return false;
    if (this.isEnabled(name) === enabled) return true;
    const others = this.#state.disabled.filter((other) => other !== name);
    this.#state = {
      ...this.#state,
      serial: this.#nextSerial(this.#state.serial),
      disabled: enabled ? others : [...others, name],
    };
    await this.#save();
    return true;
  }

  /** Loads the extensions anew; what was served stays when that fails. @returns whether anything changed. */
  async reload(): Promise<boolean> {
    const loaded = await this.#options.load();
    // Before anything changes: it refuses rules that cannot work.
    this.#prepared = prepare(loaded.rules);
    const { serial } = this.#state;
    this.#loaded = loaded;
    this.#decisions.clear();
    this.#state = this.#take(loaded, this.#state);
    await this.#save();
    return this.#state.serial !== serial;
  }

  #take(loaded: LoadedRules, before: State | undefined): State {
    const bundle: Bundle = {
      sha256: sha256(loaded.bundle),
      text: loaded.bundle,
      sizeBytes: Buffer.byteLength(loaded.bundle),
    };
    this.#bundles.delete(bundle.sha256);
    this.#bundles.set(bundle.sha256, bundle);
    if (this.#bundles.size > BUNDLES_KEPT) this.#bundles.delete(this.#bundles.keys().next().value!);
    const hash = this.#prepared.rulesHash;
    if (before?.rulesHash === hash && before.bundle === bundle.sha256) return before;
    return {
      serial: this.#nextSerial(before?.serial ?? 0),
      rulesHash: hash,
      bundle: bundle.sha256,
      disabled: before?.disabled ?? [],
    };
  }

  /** Never back, also when somebody sets the clock. */
  #nextSerial(before: number): number {
    return Math.max(before + 1, this.#options.now());
  }

  async save(): Promise<void> {
    await this.#save();
  }

  async #save(): Promise<void> {
    const { stateFile, warn } = this.#options;
    if (stateFile === undefined) return;
    await writeJsonFile(stateFile, this.#state).catch((error: unknown) =>
      warn(`The rules' serial cannot be kept: ${(error as Error).message}`),
    );
  }
}

/** Loads the extensions and takes up where the last run ended. @throws InstrServerError for what cannot be loaded. */
export async function openRuleBook(options: RuleBookOptions): Promise<RuleBook> {
  const before = options.stateFile === undefined ? undefined : await readJsonFile(options.stateFile);
  const book = new RuleBook(options, await options.load(), isState(before) ? before : undefined);
  await book.save();
  return book;
}

function isState(value: unknown): value is State {
  const {
    serial,
    rulesHash: hash,
    bundle,
    disabled,
  } = (value ?? {}) as Partial<Record<keyof State, unknown>>;
  return (
    Number.isSafeInteger(serial) &&
    typeof hash === 'string' &&
    typeof bundle === 'string' &&
    Array.isArray(disabled) &&
    disabled.every((name) => typeof name === 'string')
  );
}
