/**
 * Loaded into the viewer's process before the viewer: tells over IPC what it used, and ends it when the bench is gone.
 * Needs --expose-gc.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** What a process has used so far. */
export interface Usage {
  readonly cpuMillis: number;
  /** Heap and what hangs from it outside; after a garbage collection if that was asked for. */
  readonly bytes: number;
}

process.on('message', (question: 'usage' | 'usage after gc') => {
  void answer(question).then((usage) => process.send?.(usage));
});
process.on('disconnect', () => process.exit(0));

async function answer(question: 'usage' | 'usage after gc'): Promise<Usage> {
  if (question === 'usage after gc') {
    // What is freed by finalizers goes a turn later.
    for (let round = 0; round < 3; round++) {
      globalThis.gc?.();
      await nextTurn();
    }
  }
  const { user, system } = process.cpuUsage();
  const { heapUsed, external } = process.memoryUsage();
  return { cpuMillis: (user + system) / 1000, bytes: heapUsed + external };
}
