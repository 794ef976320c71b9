import type { AgentFacts } from '@distrace/instrumentation/wire';

/** A process as the status page shows it. */
export interface AgentRecord {
  readonly facts: AgentFacts;
  /** Epoch milliseconds. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** `ended` when it has said so, `silent` when it has missed three polls: it was killed, or cannot reach the server. */
  readonly state: 'running' | 'silent' | 'ended';
  /** The longest time between two signs of life, milliseconds: a gap. */
  readonly longestGapMs: number;
  /** What it asked for files: all of them, and those that had to be woven first. */
  readonly asked: number;
  readonly missedCache: number;
}

/** A process that was silent for so many polls counts as gone. */
const MISSED_POLLS = 3;

type Entry = Omit<AgentRecord, 'state'> & { readonly hasEnded: boolean };

/** Options of {@link AgentRegistry}. */
export interface AgentRegistryOptions {
  /** The one not seen for longest goes first. */
  readonly maxAgents: number;
  /** How often agents ask that do not say it themselves. */
  readonly pollIntervalMs: number;
  /** Milliseconds after which one that said nothing is not listed any more. */
  readonly ttlMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Who runs now. In memory only: after a restart each shows up at its next poll. */
export class AgentRegistry {
  readonly #options: AgentRegistryOptions;
  readonly #agents = new Map<string, Entry>();

  constructor(options: AgentRegistryOptions) {
    this.#options = options;
  }

  seen(facts: AgentFacts): void {
    const now = this.#options.now();
    const before = this.#agents.get(facts.agentId);
    this.#agents.delete(facts.agentId);
    this.#agents.set(facts.agentId, {
      facts,
      firstSeenMs: before?.firstSeenMs ?? now,
      lastSeenMs: now,
      longestGapMs: Math.max(before?.longestGapMs ?? 0, before ? now - before.lastSeenMs : 0),
      asked: before?.asked ?? 0,
      missedCache: before?.missedCache ?? 0,
      hasEnded: false,
    });
    if (this.#agents.size > this.#options.maxAgents) {
      this.#agents.delete(this.#agents.keys().next().value!);
    }
  }

  /** Counts a file that an agent asked for. */
  asked(agentId: string, { isMiss }: { readonly isMiss: boolean }): void {
    const record = this.#agents.get(agentId);
    if (record === undefined) return;
    this.#agents.set(agentId, {
      ...record,
      asked: record.asked + 1,
      missedCache: record.missedCache + (isMiss ? 1 : 0),
    });
  }

  get(agentId: string): AgentRecord | undefined {
    const entry = this.#agents.get(agentId);
    return entry && this.#shown(entry);
  }

  /** It has said goodbye: listed as such for a while. Whether there was one. */
  ended(agentId: string): boolean {
    const entry = this.#agents.get(agentId);
    if (entry === undefined) return false;
    this.#agents.set(agentId, { ...entry, hasEnded: true });
    return true;
  }

  /** The one seen last comes first. */
  list(): AgentRecord[] {
    const now = this.#options.now();
    for (const [id, entry] of this.#agents) {
      const keptMs = Math.max(this.#options.ttlMs, (MISSED_POLLS + 1) * (entry.facts.pollIntervalMs ?? 0));
      if (now - entry.lastSeenMs > keptMs) this.#agents.delete(id);
    }
    return [...this.#agents.values()].toReversed().map((entry) => this.#shown(entry));
  }

  #shown({ hasEnded, ...record }: Entry): AgentRecord {
    const silentMs = this.#options.now() - record.lastSeenMs;
    const isSilent = silentMs > MISSED_POLLS * this.#pollMsOf(record);
    return { ...record, state: hasEnded ? 'ended' : isSilent ? 'silent' : 'running' };
  }

  /** Never silent: one that does not poll. It is listed as long as others that are silent. */
  #pollMsOf({ facts }: Pick<Entry, 'facts'>): number {
    const { pollIntervalMs } = this.#options;
    if (facts.pollIntervalMs === 0) return this.#options.ttlMs / MISSED_POLLS;
    return Math.max(pollIntervalMs, facts.pollIntervalMs ?? 0);
  }
}
