/** Defaults of `InstrServerOptions`. */
export const DEFAULTS = {
  maxMemoryBytes: 64 * 1024 * 1024,
  maxDiskBytes: 1024 * 1024 * 1024,
  maxAgeMs: 30 * 24 * 60 * 60 * 1000,
  weaveTimeoutMs: 2000,
  weaveMemoryMb: 256,
  maxQueuedFiles: 2000,
  maxBodyBytes: 8 * 1024 * 1024,
  rate: { perSecond: 1000, burst: 50_000 },
  pollIntervalMs: 10_000,
  manifestTtlMs: 24 * 60 * 60 * 1000,
  maxAgents: 10_000,
} as const;
