import { randomBytes } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import { openSigned, WEAVER } from '@distrace/instrumentation/wire';
import type { AgentFacts, Manifest } from '@distrace/instrumentation/wire';
import type { Settings } from './args/settings.js';
import { factsOf } from './facts.js';
import type { CheckEdits, InstallOptions } from './install.js';
import type { Log } from './log.js';
import { watchProcess } from './process/process-facts.js';
import type { ProcessFacts } from './process/process-facts.js';
import { PackGate } from './pack-gate.js';
import type { TrustRules } from './provisions.js';
import { sayGoodbye } from './goodbye.js';
import { noAnswer } from './server.js';
import { Kept } from './store/kept.js';
import { cacheFolder } from './store/cache-folder.js';
import { Breaker } from './transport/breaker.js';
import type { Ask, Endpoint } from './transport/request.js';
import { SyncClient } from './transport/sync-client.js';
import { withThreads } from './thread-tally.js';
import type { Done, Tally } from './thread-tally.js';
import { traced } from './traced.js';
import { acceptEdits } from './trust/accept.js';
import type { OpenSigned } from './trust/accept.js';
import { makeAsker } from './weaving/asker.js';
import { dumper } from './weaving/dumper.js';
import { knownFirst } from './weaving/known-first.js';
import { noCounts } from './weaving/load-hook.js';
import type { Counts } from './weaving/load-hook.js';

/** The program of the thread that asks; the build puts its text here. */
declare const SYNC_WORKER: string;

/** A process waits for all its misses together at most so many times `timeout_ms`. */
const WAIT_BUDGET_TIMEOUTS = 10;

/** What a start begins with. */
export interface Start {
  readonly settings: Settings;
  readonly log: Log;
  /** Undefined with `verify=signature`. */
  readonly check: CheckEdits | undefined;
}

export interface Place {
  /** Undefined: a pack file. */
  readonly endpoint: Endpoint | undefined;
  readonly publicKeys: readonly string[];
  readonly service: string;
  /** Whether this process has started the server. */
  readonly isFirst?: boolean;
}

/** What the parts of the agent in one thread share. */
export interface Session {
  readonly settings: Settings;
  readonly place: Place;
  readonly log: Log;
  readonly kept: Kept;
  readonly breaker: Breaker;
  readonly packs: PackGate;
  readonly tally: Tally;
  readonly counts: Counts;
  /** In this thread, and in its workers where it tells of them. */
  readonly done: () => Done;
  readonly facts: (manifest: Manifest | undefined) => AgentFacts;
  /** Says goodbye to the server, which shows this process until then. Never rejects. */
  readonly farewell: (manifest: Manifest | undefined) => Promise<void>;
  /** Threads that the agent itself has started. */
  readonly ownThreads: () => number;
  /** Asks while the thread waits. */
  readonly askSync: (endpoint: Endpoint, ask: Ask) => unknown;
  trust(): TrustRules;
  installOptions(manifest: () => Manifest): InstallOptions;
}

const nowMs = () => performance.now();

/**
 * What the parts of the agent in one thread share, made from what was asked for.
 *
 * @param tally what workers have done, of which the main thread tells
 */
export function makeSession({ settings, log, check }: Start, found: Place, tally: Tally): Session {
  // A worker asks under the name of its process.
  const agentId = found.endpoint?.agentId ?? randomBytes(8).toString('hex');
  const place: Place = { ...found, endpoint: found.endpoint && { ...found.endpoint, agentId } };
  const { service, publicKeys } = place;
  const open: OpenSigned = (text, kind) => openSigned(kind, text, publicKeys);
  const isLocal = settings.connection.kind === 'ipc';
  const about = [settings.connection.kind, where(place), service, ...publicKeys];
  const kept = new Kept(cacheFolder(settings, log), about, { isLocal });
  const counts = noCounts();
  const processFacts = settings.processFacts ? watchProcess(() => counts.modules) : undefined;
  const breaker = new Breaker({
    nowMs,
    random: Math.random,
    budgetMs: settings.timeoutMs * WAIT_BUDGET_TIMEOUTS,
  });
  const client = new SyncClient(SYNC_WORKER);
  let threads = 0;
  const askSync = (endpoint: Endpoint, question: Ask) => {
    threads = 1;
    return traced(log, question, () => client.ask(endpoint, question));
  };
  const done = (): Done => {
    const { woven, missed } = counts;
    const own = { woven, missed, hookErrors: counts.hookErrors() };
    return isMainThread ? withThreads(own, tally) : own;
  };
  const facts = factsOf({
    agentId,
    service,
    mode: isLocal ? 'local' : 'shared',
    done,
    pollIntervalMs: settings.pollIntervalMs,
    processFacts,
  });
  const askerOf = (rulesHash: () => string) =>
    knownFirst({
      kept,
      log,
      open,
      rulesHash,
      ask:
        place.endpoint === undefined
          ? () => undefined
          : makeAsker({
              endpoint: place.endpoint,
              service,
              timeoutMs: settings.timeoutMs,
              upload: settings.upload,
              breaker,
              nowMs,
              askSync,
              accept: (signed, file) => acceptEdits(signed, file, open),
              keep: (key, signed) => kept.keepDecision(rulesHash(), key, signed),
              failed: (error) => log.warn(noAnswer(place.endpoint!, error)),
            }),
    });
  return {
    settings,
    place,
    log,
    kept,
    breaker,
    packs: new PackGate(log),
    tally,
    counts,
    askSync,
    done,
    facts,
    farewell: (manifest) => sayGoodbye({ endpoint: place.endpoint, facts, manifest, settings, breaker, log }),
    ownThreads: () => threads,
    trust: () => ({ open, service, nowMs: Date.now(), weaver: WEAVER }),
    installOptions: (manifest) => ({
      serviceName: service,
      spanExporter: settings.spanExporter,
      isMainThread,
      stackTraces: settings.stackTraces,
      hiddenFiles: [import.meta.filename],
      check,
      // A second copy of the agent is never woven, whatever a rule says.
      ignore: [...settings.ignore, '@distrace/agent'],
      log,
      counts,
      attributes: attributesOf(processFacts),
      compiled: (hash) => kept.compiled(hash),
      ask: askerOf(() => manifest().rulesHash),
      dump: settings.dumpDir === undefined ? undefined : dumper(settings.dumpDir, log),
    }),
  };
}

/** What does not change while the process runs goes on its spans; the rest is told to the server. */
function attributesOf(facts: ProcessFacts | undefined): Readonly<Record<string, string | number>> {
  if (facts === undefined) return {};
  return {
    'process.pid': process.pid,
    'process.runtime.version': process.versions.node,
    'distrace.process.heap_limit_bytes': facts()['heapLimitBytes'] ?? 0,
  };
}

function where({ endpoint }: Place): string {
  return endpoint === undefined ? '' : (endpoint.socketPath ?? `${endpoint.host}:${endpoint.port}`);
}
