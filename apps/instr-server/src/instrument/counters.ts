import type { AvailabilityPhase } from '@distrace/instrumentation/wire';

/** What an answer to `POST /v1/instrument` was, and where it came from. */
export interface AnswerCount {
  readonly status: 'woven' | 'not-marked' | 'need-source' | 'refused';
  readonly phase: AvailabilityPhase | 'none';
  readonly count: number;
}

const MAX_REFUSALS = 50;

/** What the server did since it started. Only ever goes up. */
export class Counters {
  handshakes = 0;
  /** Files that went through the weaver, whatever came of it. */
  weaves = 0;
  /** Those in which something was marked. */
  wovenFiles = 0;
  /** Milliseconds of that, waiting included. */
  weaveMs = 0;
  /** Sources that came over the wire, and their bytes. */
  sourcesReceived = 0;
  sourceBytesReceived = 0;
  bytesSent = 0;
  bytesReceived = 0;
  notModified = 0;
  packsBuilt = 0;
  /** Starts that got all that is known in one answer. */
  packsSent = 0;
  /** Files that starts got in packs, so that nobody had to ask for them. */
  packFilesSent = 0;
  reloads = 0;
  reloadsFailed = 0;
  readonly #answers = new Map<string, number>();
  readonly #problems = new Map<string, number>();
  readonly #rules = new Map<string, { files: number; functions: number }>();
  readonly #counted = new Set<string>();
  readonly #refusals: { readonly file: string; readonly reason: string }[] = [];

  answer(status: AnswerCount['status'], phase: AnswerCount['phase']): void {
    const key = `${status} ${phase}`;
    this.#answers.set(key, (this.#answers.get(key) ?? 0) + 1);
  }

  get answers(): readonly AnswerCount[] {
    return [...this.#answers].map(([key, count]) => {
      const [status, phase] = key.split(' ') as [AnswerCount['status'], AnswerCount['phase']];
      return { status, phase, count };
    });
  }

  problem(code: string): void {
    this.#problems.set(code, (this.#problems.get(code) ?? 0) + 1);
  }

  get problems(): ReadonlyMap<string, number> {
    return this.#problems;
  }

  /** Counts what the rules matched in a result, once for each result. */
  matched(key: string, matches: () => ReadonlyMap<string, number>): void {
    if (this.#counted.has(key)) return;
    if (this.#counted.size > 200_000) this.#counted.clear();
    this.#counted.add(key);
    for (const [name, functions] of matches()) {
      const rule = this.#rules.get(name) ?? { files: 0, functions: 0 };
      rule.files += 1;
      rule.functions += functions;
      this.#rules.set(name, rule);
    }
  }

  /** Files and functions that a rule matched. */
  matchesOf(name: string): { readonly files: number; readonly functions: number } {
    return this.#rules.get(name) ?? { files: 0, functions: 0 };
  }

  /** Notes a file that was matched and stays as it is, or in part. */
  refused(file: string, reason: string): void {
    this.#refusals.unshift({ file, reason: reason.slice(0, 500) });
    this.#refusals.splice(MAX_REFUSALS);
  }

  /** The last ones, latest first. */
  get refusals(): readonly { readonly file: string; readonly reason: string }[] {
    return this.#refusals;
  }

  /** Rules changed: what matched before says nothing now. */
  forgetMatches(): void {
    this.#rules.clear();
    this.#counted.clear();
    this.#refusals.length = 0;
  }
}
