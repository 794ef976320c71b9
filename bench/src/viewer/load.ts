import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadResult, LoadTask } from './load-process.ts';

/** Somebody who sends spans. */
export interface Load extends AsyncDisposable {
  ask(task: LoadTask): Promise<LoadResult>;
}

const PROCESS = fileURLToPath(new URL('./load-process.ts', import.meta.url));

/** Starts a process that makes spans and sends them. It ends when this process does. */
export async function startLoad(): Promise<Load> {
  const child = fork(PROCESS);
  const exited = once(child, 'exit');
  const next = () =>
    Promise.race([
      once(child, 'message'),
      exited.then(([code]) => Promise.reject(new Error(`the load's process ended with ${code}`))),
    ]);
  await next();
  return {
    ask: async (task) => {
      const answer = next();
      child.send(task);
      return ((await answer) as [LoadResult])[0];
    },
    [Symbol.asyncDispose]: async () => {
      child.disconnect();
      await exited;
    },
  };
}
