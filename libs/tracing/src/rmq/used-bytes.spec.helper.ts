import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What is still reachable takes so much, about: collects the rest first. */
export function usedBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  // A long text that was a Buffer is kept outside of the heap.
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
