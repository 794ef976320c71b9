import { flatten } from './reported.ts';
import type { Reported } from './reported.ts';

/** How a run ended, in test cases. */
export interface RunCount {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/**
 * Counts test cases. A file that did not load, a suite whose hook threw and an error outside any test
 * each count as one failure: a run that fails never reads "0 failed".
 */
export function countRun(modules: Iterable<Reported>, unhandledErrors: readonly unknown[]): RunCount {
  const all = [...flatten(modules)];
  const states = all.filter((one) => one.type === 'test').map((one) => one.result?.().state);
  const broken = all.filter((one) => one.type !== 'test' && (one.errors?.().length ?? 0) > 0);
  return {
    passed: states.filter((state) => state === 'passed').length,
    failed: states.filter((state) => state === 'failed').length + broken.length + unhandledErrors.length,
    skipped: states.filter((state) => state === 'skipped').length,
  };
}

/** `12 passed, 0 failed`, with `, 3 skipped` behind it when some were. */
export function formatCount({ passed, failed, skipped }: RunCount): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
