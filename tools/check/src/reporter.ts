import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reporter, Vitest } from 'vitest/node';
import { checkAcceptance, formatGap, readPromises } from './acceptance.ts';
import type { AcceptanceSet } from './acceptance.ts';
import { countRun, formatCount } from './run-count.ts';

type RunStart = Parameters<NonNullable<Reporter['onTestRunStart']>>;
type RunEnd = Parameters<NonNullable<Reporter['onTestRunEnd']>>;

/** What the reporter checks beside counting. */
export interface LastLineOptions {
  /** The pages with numbered promises. */
  readonly acceptance?: readonly AcceptanceSet[];
}

/**
 * A Vitest reporter whose last word is the last line of the run: `N passed, N failed`. Put it after another
 * reporter: `reporters: ['default', ['./tools/check/src/reporter.ts', {}]]`. With `acceptance` a run of all tests
 * fails, and counts one failure more, when a number of a page has no test that ran and passed.
 */
export default class LastLineReporter implements Reporter {
  readonly #acceptance: readonly AcceptanceSet[];
  #vitest: Vitest | undefined;
  #specifications = 0;
  #lines = [formatCount({ passed: 0, failed: 0, skipped: 0 })];

  constructor({ acceptance = [] }: LastLineOptions = {}) {
    this.#acceptance = acceptance;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    // Coverage and Vitest's own farewell come after onTestRunEnd, so a single run speaks when the process ends.
    if (!vitest.config.watch) process.once('exit', () => this.#speak());
  }

  onTestRunStart(specifications: RunStart[0]): void {
    this.#specifications = specifications.length;
  }

  async onTestRunEnd(modules: RunEnd[0], unhandledErrors: RunEnd[1], reason: RunEnd[2]): Promise<void> {
    const count = countRun(modules, unhandledErrors);
    const gaps = reason !== 'interrupted' && (await this.#ranAll()) ? await this.#gaps(modules) : [];
    if (gaps.length > 0) process.exitCode = 1;
    this.#lines = [...gaps, formatCount({ ...count, failed: count.failed + (gaps.length > 0 ? 1 : 0) })];
    if (this.#vitest?.config.watch === true) this.#speak();
  }

  async #gaps(modules: RunEnd[0]): Promise<readonly string[]> {
    const root = this.#vitest?.config.root ?? '.';
    const gaps = this.#acceptance.map(async (set) => {
      const promises = readPromises(await readFile(join(root, set.page), 'utf8'), set);
      return formatGap(checkAcceptance(promises, modules, set), set.page);
    });
    return (await Promise.all(gaps)).flat();
  }

  /** Whether nothing was left out by a filter of files, names, tags, projects or shards. */
  async #ranAll(): Promise<boolean> {
    if (this.#vitest === undefined) return false;
    const { config } = this.#vitest;
    if (this.#vitest.getGlobalTestNamePattern() !== undefined) return false;
    if (config.tagsFilter !== undefined || config.project.length > 0) return false;
    return this.#specifications === (await this.#vitest.globTestSpecifications()).length;
  }

  #speak(): void {
    process.stdout.write(`${this.#lines.join('\n')}\n`);
  }
}
