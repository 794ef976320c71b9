import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Broker, Guardian } from '@distrace/broker';
import { appEnv, foldersOf, processEnv } from './app-env.ts';
import type { AppSettings, RunFolders } from './app-env.ts';
import type { AppProcess } from './app-process.ts';
import { diedWhile, logOf } from './launch.ts';
import type { Launch } from './launch.ts';
import type { Machinery } from './machinery.ts';
import { APP_NAMES, choosePorts } from './ports.ts';
import type { AppName } from './ports.ts';
import { startAgain } from './second-start.ts';
import type { TwoStarts } from './second-start.ts';
import { createStarter } from './starter.ts';
import type { StartOptions } from './starter.ts';
import { failed } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { launchWeaver } from './weaver.ts';
import type { Weaver } from './weaver.ts';
import { chooseZipkin } from './zipkin-place.ts';
import type { ZipkinChoice, ZipkinPlace } from './zipkin-place.ts';

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
  readonly url: string;
  /** Starts every app a second time and says what the instrumentation server did for each start. */
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

type Start = (options: StartOptions) => Launch;

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
    url: weaver.url,
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

async function settleWeaver(
  { machinery, env, terminal, onFailure }: DeployOptions,
  {
    start,
    folders,
    used,
  }: { readonly start: Start; readonly folders: RunFolders; readonly used: Set<number> },
): Promise<Weaver> {
  const port = await machinery.findPort({ from: Math.max(...used) + 1 });
  const { agent } = machinery;
  const { launched, weaverOf } = await launchWeaver({ start, folders, env, port, used, agent, onFailure });
  return weaverOf(await untilReady('weaver', launched, terminal));
}

async function settleZipkin(
  { machinery, portBase, viewerPort, zipkin, env, terminal, signal, onFailure }: DeployOptions,
  { start, folders }: { readonly start: Start; readonly folders: RunFolders },
): Promise<ZipkinPlace> {
  const choice: ZipkinChoice =
    zipkin === undefined
      ? await chooseZipkin({ port: viewerPort, findPort: machinery.findPort, signal })
      : { kind: 'found', place: zipkin };
  if (choice.kind === 'found') {
    terminal.step('Zipkin').done(`using ${choice.place.description}`);
    return choice.place;
  }
  for (const note of choice.notes) terminal.line(`   ${note}`);
  const launched = start({
    name: 'viewer',
    port: choice.port,
    env: (port) => processEnv(env, { name: 'viewer', port, folders }),
    used: new Set([portBase, portBase + 1, portBase + 2]),
    onFailure,
    // Tracing never hurts the app, so neither does the end of the viewer.
    onEnd: async (app, how) =>
      terminal.line(
        `   the viewer ended by itself (${how}): tasks go on, their spans are dropped. ${await logOf(app)}`,
      ),
  });
  const { url } = await untilReady('viewer', launched, terminal);
  return { url, description: `a trace viewer on ${url}` };
}

async function untilReady(label: string, { ready }: Launch, terminal: Terminal): Promise<AppProcess> {
  const step = terminal.step(label);
  try {
    const app = await ready;
    step.done(app.url);
    return app;
  } catch (error) {
    failed(step, error);
    throw error;
  }
}
