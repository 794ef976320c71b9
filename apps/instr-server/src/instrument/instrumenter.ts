import type {
  AvailabilityPhase,
  FileIdentity,
  InstrumentAnswer,
  InstrumentRequest,
} from '@distrace/instrumentation/wire';
import { ServerProblem } from '../problem.js';
import { ByteLru } from '../store/byte-lru.js';
import type { RuleBook } from '../rules/rule-book.js';
import type { ClassPath } from '../sources/class-path.js';
import { sha256, type SourceStore } from '../sources/source-store.js';
import type { Signer } from '../trust/signer.js';
import type { WeavePool } from '../weaving/weave-pool.js';
import type { Counters } from './counters.js';
import { matchesOf, noEdits, type Outcome } from './outcome.js';
import type { ResultStore, StoredResult } from './result-store.js';
import { SingleFlight } from './single-flight.js';

/** What {@link Instrumenter} works with. */
export interface InstrumenterParts {
  readonly book: RuleBook;
  readonly results: ResultStore;
  readonly sources: SourceStore;
  readonly classPath: ClassPath;
  readonly pool: Pick<WeavePool, 'weave'>;
  readonly signer: Pick<Signer, 'sign'>;
  readonly counters: Counters;
  /** Milliseconds from anywhere; for durations. */
  readonly clock: () => number;
}

/** An answer, ready to be sent. */
export interface Instrumented {
  readonly body: Buffer;
  /** Whether the file had to be woven, or its source asked for. */
  readonly isMiss: boolean;
  /** Of the edit list; undefined where there is none. */
  readonly key: string | undefined;
  readonly isFinal: boolean;
}

/** Of answers about files that no rule may touch, with their signatures. */
const MAX_UNTOUCHED_BYTES = 4 * 1024 * 1024;

type Found = { readonly phase: AvailabilityPhase; readonly text: string };

/**
 * Answers for one file: from the cached result, else from the cached source, else from the server's own class path,
 * else from the source that came along. Weaving looks at one file alone, so import cycles and the order in which
 * files come are of no concern.
 */
export class Instrumenter {
  readonly #parts: InstrumenterParts;
  readonly #flights = new SingleFlight<StoredResult>();
  /** A signature takes as long as all else of such an answer together. */
  readonly #untouched = new ByteLru<Buffer>({
    maxBytes: MAX_UNTOUCHED_BYTES,
    sizeOf: ({ length }) => length + 200,
  });
  readonly #reads = new SingleFlight<StoredResult | undefined>();

  constructor(parts: InstrumenterParts) {
    this.#parts = parts;
  }

  /** Requests that waited for the weaving another had asked for. */
  get joined(): number {
    return this.#flights.joined;
  }

  keyOf(file: FileIdentity): string | undefined {
    return this.#parts.book.rulesFor(file).key ?? undefined;
  }

  /** @throws ServerProblem 422 when the text is not the one that the hash names; 503 when too many files wait. */
  async answer({ file, text }: InstrumentRequest): Promise<Instrumented> {
    const key = this.keyOf(file);
    if (key === undefined) return this.#notTouched(file);
    const known = this.#parts.results.peek(key) ?? (await this.result(key));
    // While somebody's source is woven, nobody else has to send it.
    const result = known ?? (await this.#flights.running(key));
    if (result) return this.#cached(key, file, result);
    const found = await this.#find(file, text);
    if (found === undefined) return this.#done(key, { status: 'need-source' }, 'none');
    const { outcome } = await this.weave(key, file, found.text);
    this.#parts.counters.matched(key, () => matchesOf(outcome));
    return this.#done(key, this.#answerOf(outcome, file, found.phase), found.phase);
  }

  /** Where a file's answer would come from; undefined when its source is needed. */
  async phaseOf(file: FileIdentity): Promise<AvailabilityPhase | undefined> {
    const { results, sources, classPath } = this.#parts;
    const key = this.keyOf(file);
    if (key === undefined || (await results.has(key))) return 'instrumented';
    if (await sources.has(file.source)) return 'original';
    return (await classPath.find(file)) === undefined ? undefined : 'classpath';
  }

  /** A result that is cached. */
  async result(key: string): Promise<StoredResult | undefined> {
    return await this.#reads.run(key, () => this.#parts.results.get(key));
  }

  /** Weaves a file unless somebody is at it already. */
  async weave(key: string, file: FileIdentity, text: string): Promise<StoredResult> {
    const { results, book, pool, counters, clock } = this.#parts;
    return await this.#flights.run(key, async () => {
      // Whoever looked before somebody else was done comes too late to join.
      const known = results.peek(key);
      if (known) return known;
      const begunAt = clock();
      counters.weaves += 1;
      const outcome = await pool.weave({
        text,
        source: file.source,
        path: file.path,
        format: file.format,
        rules: book.rulesFor(file).rules,
      });
      counters.weaveMs += clock() - begunAt;
      if (outcome.status === 'woven') counters.wovenFiles += 1;
      for (const reason of reasonsOf(outcome)) {
        counters.refused(`${file.package}@${file.version}/${file.path}`, reason);
      }
      return results.put(key, outcome);
    });
  }

  /** The source without asking for it, for packs after rules changed. */
  async sourceOf(file: FileIdentity): Promise<string | undefined> {
    return (await this.#find(file, undefined))?.text;
  }

  /** Keeps a source. @throws ServerProblem 422 when it is not the one that the hash names. */
  keep(hash: string, content: string | Buffer): string {
    const came = sha256(content);
    if (came !== hash) {
      throw new ServerProblem(
        422,
        'DT_ERR_SERVER_HASH',
        `A source must have the SHA-256 it is sent under, ${hash}, got ${came}. Hash the bytes of the file as they are.`,
      );
    }
    this.#parts.counters.sourcesReceived += 1;
    this.#parts.counters.sourceBytesReceived += Buffer.byteLength(content);
    const text = content.toString();
    this.#parts.sources.put(hash, text);
    return text;
  }

  async #find(file: FileIdentity, text: string | undefined): Promise<Found | undefined> {
    const { sources, classPath } = this.#parts;
    const original = await sources.get(file.source);
    if (original !== undefined) return { phase: 'original', text: original };
    const own = await classPath.find(file);
    if (own !== undefined) return { phase: 'classpath', text: own };
    if (text === undefined) return undefined;
    this.keep(file.source, text);
    return { phase: 'sent', text };
  }

  #notTouched(file: FileIdentity): Instrumented {
    const name = `${file.source} ${file.format}`;
    let body = this.#untouched.get(name);
    if (body === undefined) {
      body = Buffer.from(JSON.stringify(this.#answerOf({ status: 'not-marked' }, file, 'instrumented')));
      this.#untouched.set(name, body);
    }
    this.#parts.counters.answer('not-marked', 'instrumented');
    return { body, isMiss: false, key: undefined, isFinal: true };
  }

  #cached(key: string, file: FileIdentity, stored: StoredResult): Instrumented {
    const { outcome } = stored;
    this.#parts.counters.matched(key, () => matchesOf(outcome));
    if (stored.answer === undefined) {
      stored.answer = Buffer.from(JSON.stringify(this.#answerOf(outcome, file, 'instrumented')));
    }
    this.#parts.counters.answer(outcome.status, 'instrumented');
    const editKey = outcome.status === 'woven' ? key : undefined;
    return { body: stored.answer, isMiss: false, key: editKey, isFinal: true };
  }

  #answerOf(outcome: Outcome, file: FileIdentity, phase: AvailabilityPhase): InstrumentAnswer {
    const { signer } = this.#parts;
    switch (outcome.status) {
      case 'woven':
        return { status: 'woven', phase, edits: signer.sign('edits', outcome.edits) };
      case 'not-marked':
        return { status: 'not-marked', phase, edits: signer.sign('edits', noEdits(file)) };
      case 'refused':
        return { status: 'refused', reason: outcome.reason };
    }
  }

  #done(key: string | undefined, answer: InstrumentAnswer, phase: AvailabilityPhase | 'none'): Instrumented {
    this.#parts.counters.answer(answer.status, phase);
    return {
      body: Buffer.from(JSON.stringify(answer)),
      isMiss: phase !== 'instrumented',
      key: answer.status === 'woven' ? key : undefined,
      isFinal: answer.status !== 'need-source',
    };
  }
}

function reasonsOf(outcome: Outcome): readonly string[] {
  if (outcome.status === 'refused') return [outcome.reason];
  return outcome.status === 'woven' ? (outcome.refused ?? []) : [];
}
