import type { Reporter } from 'vitest/node';
import { countRun, formatCount } from './run-count.ts';

type RunEnd = Parameters<NonNullable<Reporter['onTestRunEnd']>>;

/**
 * A Vitest reporter whose only word is the last line of the run: `N passed, N failed`. Put it after
 * another reporter: `reporters: ['default', './tools/check/src/reporter.ts']`.
 */
export default class LastLineReporter implements Reporter {
  #watching = false;
  #line = formatCount({ passed: 0, failed: 0, skipped: 0 });

  onInit(vitest: { readonly config: { readonly watch: boolean } }): void {
    this.#watching = vitest.config.watch;
    // Coverage and Vitest's own farewell come after onTestRunEnd, so a single run speaks when the process ends.
    if (!this.#watching) process.once('exit', () => process.stdout.write(`${this.#line}\n`));
  }

  onTestRunEnd(modules: RunEnd[0], unhandledErrors: RunEnd[1]): void {
    this.#line = formatCount(countRun(modules, unhandledErrors));
    if (this.#watching) process.stdout.write(`${this.#line}\n`);
  }
}
