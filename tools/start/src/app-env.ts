import { join } from 'node:path';
import type { AppName } from './ports.ts';

/** The folders of a run, all below one temporary folder. */
export interface RunFolders {
  readonly data: string;
  readonly logs: string;
  readonly spans: string;
}

/** Where everything of a run is. */
export function foldersOf(data: string): RunFolders {
  return { data, logs: join(data, 'logs'), spans: join(data, 'spans') };
}

/** What an app is told beside the environment that it inherits. */
export interface AppSettings {
  readonly name: AppName;
  readonly port: number;
  readonly amqpUrl: string;
  readonly queuePrefix: string;
  readonly folders: RunFolders;
}

/** The environment of an app: ours, OTEL_* included, and on top what makes it part of this run. */
export function appEnv(
  inherited: NodeJS.ProcessEnv,
  { name, port, amqpUrl, queuePrefix, folders }: AppSettings,
): NodeJS.ProcessEnv {
  return {
    ...inherited,
    PORT: String(port),
    HOST: '127.0.0.1',
    AMQP_URL: amqpUrl,
    DISTRACE_QUEUE_PREFIX: queuePrefix,
    DISTRACE_DATA_DIR: join(folders.data, name),
    DISTRACE_PARENT_PID: String(process.pid),
    DISTRACE_EXPORTER: `disk(${join(folders.spans, `${name}.ndjson`)})`,
  };
}
