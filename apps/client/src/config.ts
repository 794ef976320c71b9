import {
  readServiceConfig,
  readWholeNumber,
  type Environment,
  type ServiceConfig,
} from '@distrace/messaging';
import { SEND_TIMEOUT_MS } from './tasks/tasks.service.js';

/** Settings of the client. */
export interface ClientConfig extends ServiceConfig {
  /** `TASK_WAIT_MS`: milliseconds `POST /tasks` waits for the exporter. Default 30000. */
  readonly taskWaitMs: number;
  /** `TASK_SEND_TIMEOUT_MS`: milliseconds the broker has to come back, if it is away, and to confirm a task. Default 10000. */
  readonly taskSendTimeoutMs: number;
}

/** @throws {ConfigError} for a value that cannot be used. */
export function readClientConfig(env: Environment): ClientConfig {
  return {
    ...readServiceConfig(env, { defaultPort: 3000 }),
    taskWaitMs: readWholeNumber(env, 'TASK_WAIT_MS', { defaultValue: 30_000, max: 600_000 }),
    taskSendTimeoutMs: readWholeNumber(env, 'TASK_SEND_TIMEOUT_MS', {
      defaultValue: SEND_TIMEOUT_MS,
      max: 600_000,
    }),
  };
}

/** Read once, when the process starts. */
export const config: ClientConfig = readClientConfig(process.env);
