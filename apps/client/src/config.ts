import {
  readServiceConfig,
  readWholeNumber,
  type Environment,
  type ServiceConfig,
} from '@distrace/messaging';

/** Settings of the client. */
export interface ClientConfig extends ServiceConfig {
  /** `TASK_WAIT_MS`: milliseconds `POST /tasks` waits for the exporter. Default 30000. */
  readonly taskWaitMs: number;
}

/** @throws {ConfigError} for a value that cannot be used. */
export function readClientConfig(env: Environment): ClientConfig {
  return {
    ...readServiceConfig(env, { defaultPort: 3000 }),
    taskWaitMs: readWholeNumber(env, 'TASK_WAIT_MS', { defaultValue: 30_000, max: 600_000 }),
  };
}

/** Read once, when the process starts. */
export const config: ClientConfig = readClientConfig(process.env);
