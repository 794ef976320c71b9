import type { AgentFacts } from '@distrace/instrumentation/wire';

/** A process as the status page shows it. */
export interface AgentRecord {
  readonly facts: AgentFacts;
  /** Epoch milliseconds. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The longest time between two signs of life, milliseconds: a gap. */
  readonly longestGapMs: number;
  /** What it asked for files: all of them, and those that had to be woven first. */
  readonly asked: number;
  readonly missedCache: number;
}

/** Options of {@link AgentRegistry}. */
export interface AgentRegistryOptions {
  /** The one not seen for longest goes first. */
  readonly maxAgents: number;
  /** Milliseconds after which one that said nothing is gone. */
  readonly ttlMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Who runs now. In memory only: after a restart each shows up at its next poll. */
export class AgentRegistry {
  readonly #options: AgentRegistryOptions;
  readonly #agents = new Map<string, AgentRecord>();

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
    return this.#agents.get(agentId);
  }

  /** Whether there was one. */
  remove(agentId: string): boolean {
    return this.#agents.delete(agentId);
  }

  /** The one seen last comes first. */
  list(): AgentRecord[] {
    const oldest = this.#options.now() - this.#options.ttlMs;
    for (const [id, { lastSeenMs }] of this.#agents) {
      if (lastSeenMs >= oldest) break;
      this.#agents.delete(id);
    }
    return [...this.#agents.values()].toReversed();
  }
}
