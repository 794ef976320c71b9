import { join } from 'node:path';
import type { AppName, ProcessName } from './ports.ts';
import { pageOf } from './zipkin-place.ts';

/** The folders of a run, all below one temporary folder. */
export interface RunFolders {
  readonly data: string;
  readonly logs: string;
}

/** Where everything of a run is. */
export function foldersOf(data: string): RunFolders {
  return { data, logs: join(data, 'logs') };
}

/** What every process of a run is told beside the environment that it inherits. */
export interface ProcessSettings {
  readonly name: ProcessName;
  readonly port: number;
  readonly folders: RunFolders;
}

/** What an app is told beyond that. */
export interface AppSettings extends ProcessSettings {
  readonly name: AppName;
  readonly amqpUrl: string;
  readonly queuePrefix: string;
  readonly zipkinUrl: string;
}

/** The environment of the viewer, and of every other process of the run: ours, and on top what makes it part of this run. */
export function processEnv(
  inherited: NodeJS.ProcessEnv,
  { name, port, folders }: ProcessSettings,
): NodeJS.ProcessEnv {
  return {
    ...inherited,
    PORT: String(port),
    HOST: '127.0.0.1',
    DISTRACE_DATA_DIR: join(folders.data, name),
    DISTRACE_PARENT_PID: String(process.pid),
  };
}

/** The environment of an app: OTEL_* is inherited, too. */
export function appEnv(inherited: NodeJS.ProcessEnv, settings: AppSettings): NodeJS.ProcessEnv {
  const { amqpUrl, queuePrefix, zipkinUrl } = settings;
  return {
    ...processEnv(inherited, settings),
    AMQP_URL: amqpUrl,
    DISTRACE_QUEUE_PREFIX: queuePrefix,
    DISTRACE_EXPORTER: `directZipkin(${zipkinUrl})`,
    DISTRACE_ZPAGES_TRACE_URL: pageOf(zipkinUrl, '{traceId}'),
  };
}
