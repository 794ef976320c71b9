import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { WEAVER } from '@distrace/instrumentation/wire';
import { AgentRegistry } from './agents/registry.js';
import { Counters } from './instrument/counters.js';
import { Instrumenter } from './instrument/instrumenter.js';
import { ResultStore } from './instrument/result-store.js';
import { DEFAULTS } from './defaults.js';
import { InstrServerError } from './errors.js';
import { POLL_INTERVAL_MS, type InstrServerOptions } from './options.js';
import { PackShelf } from './packs/pack-shelf.js';
import { PublisherPacks } from './packs/publisher-packs.js';
import { Usage } from './packs/usage.js';
import { withExtensionCache } from './rules/extension-cache.js';
import { loadExtensions } from './rules/load-extensions.js';
import { Manifests } from './rules/manifests.js';
import { Reloader } from './rules/reloader.js';
import { openRuleBook } from './rules/rule-book.js';
import type { LoadedRules } from './rules/rule-set.js';
import { ClassPath } from './sources/class-path.js';
import { sha256, SourceStore } from './sources/source-store.js';
import { collectGarbage } from './store/collect-garbage.js';
import { DiskStore } from './store/disk-store.js';
import { openStoreFolder } from './store/store-folder.js';
import { Access } from './trust/access.js';
import { RateLimit } from './trust/rate-limit.js';
import { Signer } from './trust/signer.js';
import { WeavePool } from './weaving/weave-pool.js';
import type { InstrServerCore } from './core.js';

const GC_EVERY_MS = 10 * 60 * 1000;
const FIRST_GC_MS = 20 * 1000;

/** What a test may put in the place of something slow. */
export interface Seams {
  /** Instead of a thread that loads extensions and builds the helper bundle. */
  load?(extensions: readonly string[]): Promise<LoadedRules>;
}

/** Puts a server together. @throws InstrServerError when extensions, keys or the store cannot be used. */
export async function openInstrServer(
  options: InstrServerOptions,
  { load: loadRules }: Seams = {},
): Promise<InstrServerCore> {
  const given = { ...DEFAULTS, ...defined(options) };
  const { now = Date.now, warn = console.warn, storeFolder, maxMemoryBytes, pollIntervalMs } = given;
  checkPollInterval(pollIntervalMs);
  const { baseFolder = process.cwd() } = given;
  const signer = new Signer(given.privateKey);
  const access = new Access(given.tokens ?? []);
  const folder = storeFolder === undefined ? undefined : await openStoreFolder(storeFolder);
  const disk = folder === undefined ? undefined : new DiskStore(join(folder, 'content'), diskOptions());
  const counters = new Counters();
  const book = await openRuleBook({
    load: () => (folder === undefined ? load() : withExtensionCache(load, cacheOptions(folder))),
    stateFolder: folder && join(folder, 'rules'),
    origin: sha256(JSON.stringify([baseFolder, ...given.extensions])),
    now,
    warn,
  });
  const results = new ResultStore({ maxMemoryBytes: maxMemoryBytes / 2, disk, now });
  const sources = new SourceStore({
    maxMemoryBytes: maxMemoryBytes / 2,
    disk: given.keepSources === 'memory' ? undefined : disk,
  });
  const pool = new WeavePool({
    workers: given.workers ?? Math.min(4, Math.max(1, Math.ceil(availableParallelism() / 2))),
    timeoutMs: given.weaveTimeoutMs,
    memoryMb: given.weaveMemoryMb,
    maxQueued: given.maxQueuedFiles,
  });
  const classPath = new ClassPath(given.sourceRoots ?? []);
  const instrumenter = new Instrumenter({
    book,
    results,
    sources,
    classPath,
    pool,
    signer,
    counters,
    clock: monotonicMs,
  });
  const usage = new Usage({ folder: folder && join(folder, 'services'), warn });
  const published = new PublisherPacks({
    folder: folder && join(folder, 'packs'),
    keys: given.publisherKeys ?? [],
  });
  const reloader = new Reloader({ book, counters, classPath, warn });
  if (given.watch === true) reloader.watch();
  const collect = async (): Promise<void> => {
    await usage.touch(now());
    if (folder && disk) await collectGarbage(folder, disk, diskOptions());
  };
  // Soon as well: servers that live for a minute, one after the other, would never do it.
  const timers = [
    setTimeout(() => void collect(), FIRST_GC_MS),
    setInterval(() => void collect(), GC_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();
  return {
    book,
    reloader,
    manifests: new Manifests({ book, signer, ttlMs: given.manifestTtlMs, pollIntervalMs, now }),
    instrumenter,
    results,
    sources,
    disk,
    pool,
    usage,
    published,
    packs: new PackShelf({ usage, book, instrumenter, published, signer, counters }),
    agents: new AgentRegistry({
      maxAgents: given.maxAgents,
      pollIntervalMs,
      ttlMs: given.agentTtlMs ?? 10 * pollIntervalMs,
      now,
    }),
    access,
    rate: new RateLimit({ ...given.rate, now }),
    signer,
    counters,
    allowedHosts: access.isOpen ? (given.allowedHosts ?? []) : ['*'],
    maxBodyBytes: given.maxBodyBytes,
    pollIntervalMs,
    startedAtMs: now(),
    now,
    warn,
    flush,
    close: async () => {
      for (const timer of timers) clearInterval(timer);
      reloader.close();
      await flush();
      await pool.close();
    },
  };

  async function flush(): Promise<void> {
    await Promise.all([usage.save(), disk?.settled()]);
  }

  function load() {
    return loadRules?.(given.extensions) ?? loadExtensions(given.extensions, { baseFolder });
  }

  function cacheOptions(inFolder: string) {
    // A package's own version does not change while it is worked on; its files say the rest.
    const about = [process.version, `weaver ${WEAVER}`, baseFolder, ...given.extensions];
    return { folder: join(inFolder, 'extensions'), about, warn };
  }

  function diskOptions() {
    return { maxBytes: given.maxDiskBytes, maxAgeMs: given.maxAgeMs, now, warn };
  }
}

function checkPollInterval(value: number): void {
  const { least, most } = POLL_INTERVAL_MS;
  if (value >= least && value <= most) return;
  throw new InstrServerError(
    'DT_ERR_SERVER_OPTION',
    `pollIntervalMs must be milliseconds from ${least} to ${most}, instead got ${value}. Change it or leave it out.`,
  );
}

function monotonicMs(): number {
  return performance.now();
}

/** Without the keys that are undefined, so that they do not hide a default. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
