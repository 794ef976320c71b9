import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Broker, Guardian } from '@distrace/broker';
import { appEnv, foldersOf } from './app-env.ts';
import type { AppSettings, RunFolders } from './app-env.ts';
import type { AppProcess } from './app-process.ts';
import { diedWhile } from './launch.ts';
import type { Launch } from './launch.ts';
import type { Machinery } from './machinery.ts';
import { APP_NAMES, choosePorts } from './ports.ts';
import type { AppName } from './ports.ts';
import { startAgain } from './second-start.ts';
import type { TwoStarts } from './second-start.ts';
import { createStarter } from './starter.ts';
import { settleWeaver, settleZipkin, untilReady } from './settle.ts';
import type { Terminal } from './terminal.ts';
import type { Weaver } from './weaver.ts';
import type { ZipkinPlace } from './zipkin-place.ts';

/** The three apps of a run, and where their spans go. */
export interface Deployment {
  readonly apps: Readonly<Record<AppName, AppProcess>>;
  readonly zipkin: ZipkinPlace;
  readonly folders: RunFolders;
  /** With `untraced` only. */
  readonly weaving: Weaving | undefined;
}

/** What traces apps that nobody changed. */
export interface Weaving {
  readonly weaver: Weaver;
  /** Starts every app a second time and says what the weaver did for each start. */
  startAgain(): Promise<TwoStarts>;
}

/** Options of `deploy`. */
export interface DeployOptions {
  readonly machinery: Machinery;
  readonly guardian: Guardian;
  readonly broker: Broker;
  readonly queuePrefix: string;
  /** Whether the apps know nothing of tracing, so that an instrumentation server is needed. */
  readonly untraced: boolean;
  readonly portBase: number;
  /** Where a Zipkin is looked for, or the viewer started. */
  readonly viewerPort: number;
  /** The Zipkin to use whatever else there is. */
  readonly zipkin: ZipkinPlace | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  /** Called when an app cannot start or, later, ends by itself. */
  readonly onFailure: (error: unknown) => void;
  /** Called with each start, so that whoever stops the run knows what there is. */
  readonly onLaunch: (launched: Launch) => void;
}

/** `distrace-` and eight random digits: tells runs apart that share a broker. */
export const newQueuePrefix = () => `distrace-${randomBytes(4).toString('hex')}-`;

async function makeFolders(guardian: Guardian): Promise<RunFolders> {
  const folders = foldersOf(await mkdtemp(join(tmpdir(), 'distrace-run-')));
  try {
    guardian.adoptFolder(folders.data);
    const names = [folders.logs, ...APP_NAMES.map((name) => join(folders.data, name))];
    await Promise.all(names.map((name) => mkdir(name)));
  } catch (error) {
    // A guardian that has gone will not remove it.
    await rm(folders.data, { recursive: true, force: true });
    throw error;
  }
  return folders;
}

/**
 * Finds a Zipkin or starts the viewer, with `untraced` starts the instrumentation server, both of which the apps have
 * to know; then starts exporter, executor and client, all at once in that order, and waits for each of them.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const { machinery, guardian, broker, queuePrefix, portBase, env, terminal, signal } = options;
  const folders = await makeFolders(guardian);
  const start = createStarter({ ...options, folders, note: (line) => terminal.line(`   ${line}`) });
  const zipkin = await settleZipkin(options, { start, folders });
  const ports = await choosePorts(portBase, machinery.findPort);
  for (const note of ports.notes) terminal.line(`   ${note}`);
  const used = new Set(Object.values(ports.of));
  const weaver = options.untraced ? await settleWeaver(options, { start, folders, used }) : undefined;
  const settingsOf = (name: AppName, port: number): AppSettings => ({
    name,
    port,
    amqpUrl: broker.url,
    queuePrefix,
    zipkinUrl: zipkin.url,
    folders,
  });

  const launches = APP_NAMES.map((name) => ({
    name,
    launched: start({
      name,
      port: ports.of[name],
      nodeArgs: weaver?.nodeArgs,
      env: (port) => (weaver?.appEnv ?? appEnv)(env, settingsOf(name, port)),
      used,
      onFailure: options.onFailure,
      onEnd: async (app, how) => options.onFailure(await diedWhile('running', app, how)),
    }),
  }));
  const apps: Partial<Record<AppName, AppProcess>> = {};
  for (const { name, launched } of launches) apps[name] = await untilReady(name, launched, terminal);
  const weaving = weaver && {
    weaver,
    startAgain: () =>
      startAgain({
        weaver,
        start,
        settings: APP_NAMES.map((name) => settingsOf(name, apps[name]!.port)),
        env,
        findPort: machinery.findPort,
        signal,
      }),
  };
  return { apps: apps as Record<AppName, AppProcess>, zipkin, folders, weaving };
}
