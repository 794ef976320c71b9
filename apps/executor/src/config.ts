import { availableParallelism } from 'node:os';
import {
  readServiceConfig,
  readWholeNumber,
  type Environment,
  type ServiceConfig,
} from '@distrace/messaging';

/** Settings of the executor. */
export interface ExecutorConfig extends ServiceConfig {
  /** `TASK_PREFETCH`: tasks in hand at the same time. Default the number of processors, at least 2. */
  readonly prefetchCount: number;
}

/** @throws {ConfigError} for a value that cannot be used. */
export function readExecutorConfig(env: Environment): ExecutorConfig {
  return {
    ...readServiceConfig(env, { defaultPort: 3001 }),
    // A task holds its text in memory and keeps two threads busy; more would only wait here instead of in the queue.
    prefetchCount: readWholeNumber(env, 'TASK_PREFETCH', {
      defaultValue: Math.max(2, availableParallelism()),
      min: 1,
      max: 1000,
    }),
  };
}

/** Read once, when the process starts. */
export const config: ExecutorConfig = readExecutorConfig(process.env);
