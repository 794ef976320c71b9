import type { InstrServerCore } from '../core.js';

/** A rule as the status page shows it. */
export interface RuleStats {
  readonly name: string;
  readonly enabled: boolean;
  /** Files in which it found a function, and functions, of those files that were asked for since the rules changed. */
  readonly files: number;
  readonly functions: number;
  /** What its hooks threw in the processes that are listed. */
  readonly errors: number;
}

/** What `GET /v1/stats` says. Numbers count from the start of this process, unless they say what is now. */
export interface Stats {
  readonly startedAtMs: number;
  readonly rules: readonly RuleStats[];
  readonly rulesHash: string;
  readonly serial: number;
  readonly keyId: string;
  readonly publicKey: string;
  readonly bundle: { readonly sha256: string; readonly sizeBytes: number };
  /** Why extensions that changed on the disk are not served; null when they are. */
  readonly reloadFailure: string | null;
  readonly answers: readonly { readonly status: string; readonly phase: string; readonly count: number }[];
  /** Share of final answers that came from the cache of results, 0 to 1; null before the first. */
  readonly hitRate: number | null;
  readonly counters: Readonly<Record<string, number>>;
  readonly refusals: readonly { readonly file: string; readonly reason: string }[];
  readonly problems: Readonly<Record<string, number>>;
}

/** Looks at everything there is. */
export function readStats(core: InstrServerCore): Stats {
  const { book, counters, results, sources, disk, pool, instrumenter, rate, agents, signer } = core;
  const final = counters.answers.filter(({ status }) => status !== 'need-source');
  const total = sum(final);
  const listed = agents.list();
  const hits = sum(final.filter(({ phase }) => phase === 'instrumented'));
  return {
    startedAtMs: core.startedAtMs,
    rules: book.rules.rules.map(({ name }) => ({
      name,
      enabled: book.isEnabled(name),
      ...counters.matchesOf(name),
      errors: sum(listed.map(({ facts }) => ({ count: facts.hookErrors?.[name] ?? 0 }))),
    })),
    rulesHash: book.rulesHash,
    serial: book.serial,
    keyId: signer.keyId,
    publicKey: signer.publicKey,
    bundle: { sha256: book.bundle.sha256, sizeBytes: book.bundle.sizeBytes },
    reloadFailure: core.reloader.lastFailure?.reason ?? null,
    answers: counters.answers,
    hitRate: total === 0 ? null : hits / total,
    counters: {
      agents: listed.filter(({ state }) => state === 'running').length,
      handshakes: counters.handshakes,
      woven: counters.weaves,
      wovenFiles: counters.wovenFiles,
      wovenMs: Math.round(counters.weaveMs),
      answeredFromCache: hits,
      joined: instrumenter.joined,
      threadsEnded: pool.killed,
      queued: pool.queued,
      sourcesReceived: counters.sourcesReceived,
      sourceBytesReceived: counters.sourceBytesReceived,
      bytesReceived: counters.bytesReceived,
      bytesSent: counters.bytesSent,
      notModified: counters.notModified,
      packsBuilt: counters.packsBuilt,
      packsSent: counters.packsSent,
      packFilesSent: counters.packFilesSent,
      rateLimited: rate.refused,
      reloads: counters.reloads,
      reloadsFailed: counters.reloadsFailed,
      memoryBytes: results.memory.bytes + sources.memory.bytes,
      memoryEvicted: results.memory.evicted + sources.memory.evicted,
      diskHits: disk?.counts.hits ?? 0,
      diskMisses: disk?.counts.misses ?? 0,
      diskWrites: disk?.counts.writes ?? 0,
      diskCorrupted: disk?.counts.corrupted ?? 0,
      diskFailures: disk?.counts.failures ?? 0,
      diskEvicted: disk?.counts.evicted ?? 0,
    },
    refusals: counters.refusals,
    problems: Object.fromEntries(counters.problems),
  };
}

function sum(answers: readonly { readonly count: number }[]): number {
  return answers.reduce((total, { count }) => total + count, 0);
}
