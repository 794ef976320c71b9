import type { AgentRegistry } from './agents/registry.js';
import type { Counters } from './instrument/counters.js';
import type { Instrumenter } from './instrument/instrumenter.js';
import type { ResultStore } from './instrument/result-store.js';
import type { PackShelf } from './packs/pack-shelf.js';
import type { PublisherPacks } from './packs/publisher-packs.js';
import type { Usage } from './packs/usage.js';
import type { Manifests } from './rules/manifests.js';
import type { Reloader } from './rules/reloader.js';
import type { RuleBook } from './rules/rule-book.js';
import type { SourceStore } from './sources/source-store.js';
import type { DiskStore } from './store/disk-store.js';
import type { Access } from './trust/access.js';
import type { RateLimit } from './trust/rate-limit.js';
import type { Signer } from './trust/signer.js';
import type { WeavePool } from './weaving/weave-pool.js';

/** Injection token of the {@link InstrServerCore}. */
export const INSTR_SERVER = Symbol('INSTR_SERVER');

/** The parts of a server that its controllers share. */
export interface InstrServerCore {
  readonly book: RuleBook;
  readonly reloader: Reloader;
  readonly manifests: Manifests;
  readonly instrumenter: Instrumenter;
  readonly results: ResultStore;
  readonly sources: SourceStore;
  readonly disk: DiskStore | undefined;
  readonly pool: WeavePool;
  readonly usage: Usage;
  readonly packs: PackShelf;
  readonly published: PublisherPacks;
  readonly agents: AgentRegistry;
  readonly access: Access;
  readonly rate: RateLimit;
  readonly signer: Signer;
  readonly counters: Counters;
  readonly allowedHosts: readonly string[];
  readonly maxBodyBytes: number;
  readonly pollIntervalMs: number;
  readonly startedAtMs: number;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  /** Writes what is not on the disk yet. */
  flush(): Promise<void>;
  /** The same, and ends the threads. */
  close(): Promise<void>;
}
