import type { TokenGrant } from './trust/access.js';

/** What agents can follow: a timer of more than 24.8 days fires at once, again and again. */
export const POLL_INTERVAL_MS = { least: 100, most: 86_400_000 } as const;

/** What an instrumentation server can be told. */
export interface InstrServerOptions {
  /** Packages, or folders that begin with `.` or `/`, whose interceptors and exporters are served. */
  readonly extensions: readonly string[];
  /** Where relative folders and packages are looked for. Default: the working directory. */
  readonly baseFolder?: string;
  /** Folder for results, sources and what services needed; several servers may share one. Default: memory only. */
  readonly storeFolder?: string;
  /** Bytes of results and sources in memory. Default 64 MiB. */
  readonly maxMemoryBytes?: number;
  /** Bytes of content on the disk. Default 1 GiB. */
  readonly maxDiskBytes?: number;
  /** Milliseconds after its last use at which content on the disk goes. Default 30 days. */
  readonly maxAgeMs?: number;
  /** Whether sources of applications may be written to the disk. Default `disk`. */
  readonly keepSources?: 'disk' | 'memory';
  /** Folders with applications, read when neither the result nor the source is cached. Default none. */
  readonly sourceRoots?: readonly string[];
  /** Ed25519 private key that signs what is served, as `distrace keys create` writes it. Default: one of its own for this run. */
  readonly privateKey?: string;
  /** Public keys whose packs are taken from a publisher. Default none: no packs are taken. */
  readonly publisherKeys?: readonly string[];
  /** Who may ask. Default none: whoever reaches the server is an agent, and it listens on this machine only. */
  readonly tokens?: readonly TokenGrant[];
  /** Host names, without port, to answer under besides loopback names and addresses; `*` for any. Needless with tokens. */
  readonly allowedHosts?: readonly string[];
  /** Threads that weave. Default: half of the processors, at most 4. */
  readonly workers?: number;
  /** Milliseconds that weaving one file may take. Default 2000. */
  readonly weaveTimeoutMs?: number;
  /** MiB of heap of one weaving thread. Default 256. */
  readonly weaveMemoryMb?: number;
  /** Files that may wait for a thread; beyond it 503. Default 2000. */
  readonly maxQueuedFiles?: number;
  /** Bytes of a body, unpacked. Default 8 MiB. */
  readonly maxBodyBytes?: number;
  /** Requests of one agent: a second in the long run, and at once. Default 1000 and 50,000. */
  readonly rate?: { readonly perSecond: number; readonly burst: number };
  /** Milliseconds between two polls of a running process, 100 to 86,400,000. Default 10,000. */
  readonly pollIntervalMs?: number;
  /** Milliseconds for which a manifest is good. Default 24 hours. */
  readonly manifestTtlMs?: number;
  /** Agents on the status page. Default 10,000. */
  readonly maxAgents?: number;
  /** Milliseconds after which a silent agent is gone from it. Default: ten polls. */
  readonly agentTtlMs?: number;
  /** Whether changed files of extensions are loaded at once. Default no: by `POST /v1/reload`. */
  readonly watch?: boolean;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** Told of what a person should know, a line each. Default: the console's warnings. */
  readonly warn?: (message: string) => void;
}
