import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkAmqp } from './amqp-check.ts';
import { parseAmqpUrl } from './amqp-url.ts';
import { startChild } from './child.ts';
import type { Child } from './child.ts';
import { BrokerError } from './errors.ts';
import type { Guardian } from './guardian.ts';
import type { Installation } from './install-paths.ts';
import { epmdEnvironment, nodeConfig, nodeEnvironment, nodePaths } from './node-settings.ts';
import type { NodeSettings } from './node-settings.ts';
import { poll } from './poll.ts';
import { isAnswering } from './ports.ts';
import { folderPrefix } from './wards.ts';

const startDeadlineMs = 90_000;
const progressEveryMs = 5_000;

/** Everything that a start needs to know. */
export interface NodeContext {
  readonly installation: Installation;
  readonly guardian: Guardian;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The URL at which a private node answers. */
export function nodeUrl(settings: NodeSettings): string {
  return `amqp://guest:guest@127.0.0.1:${settings.ports.amqp}`;
}

/** Makes a private node's folder with its settings in it; the guardian knows it. */
export function makeNodeFolder(guardian: Guardian): string {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `${folderPrefix}broker-`));
  try {
    guardian.adoptFolder(folder);
    fillNodeFolder(folder);
  } catch (error) {
    // A guardian that has gone will not remove it.
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return folder;
}

function fillNodeFolder(folder: string): void {
  const paths = nodePaths(folder);
  for (const made of [paths.home, paths.data, paths.logs, paths.moreConfigs]) {
    mkdirSync(made, { mode: 0o700 });
  }
  // Who knows the cookie commands the node; Erlang itself would take a guessable one.
  writeFileSync(paths.cookie, randomBytes(24).toString('hex'), { mode: 0o400 });
  writeFileSync(paths.config, nodeConfig());
  writeFileSync(paths.advancedConfig, '[].\n');
  writeFileSync(paths.plugins, '[].\n');
  writeFileSync(paths.environment, '');
}

/** Starts Erlang's port mapper in the foreground, so that no epmd is ever left behind as a daemon nobody knows. */
export async function startEpmd(settings: NodeSettings, context: NodeContext): Promise<Child> {
  const port = settings.ports.epmd;
  const child = startChild(context.installation.epmd, ['-port', String(port), '-address', '127.0.0.1'], {
    guardian: context.guardian,
    env: { ...process.env, ...epmdEnvironment(port) },
    cwd: settings.folder,
    outputFile: nodePaths(settings.folder).console,
  });
  let up = false;
  const ready = async () => {
    up = await isAnswering(port);
    return up || !child.isRunning();
  };
  try {
    await poll(ready, { withinMs: 10_000, everyMs: 20, signal: context.signal });
    if (!up || !child.isRunning()) throw startError('epmd', settings);
  } catch (error) {
    await child.end({ graceMs: 0 });
    throw error;
  }
  return child;
}

/** Starts the node and waits until a login works, 3 to 10 s. Throws DT_ERR_NODE_START with the end of its log; nothing of it runs then. */
export async function startNode(settings: NodeSettings, context: NodeContext): Promise<Child> {
  const { log, signal } = context;
  const startedAt = performance.now();
  const seconds = () => ((performance.now() - startedAt) / 1000).toFixed(1);
  log(`starting a private RabbitMQ node on 127.0.0.1:${settings.ports.amqp}`);
  const child = startChild(context.installation.server, [], {
    guardian: context.guardian,
    env: nodeEnvironment(settings, process.env),
    cwd: settings.folder,
    outputFile: nodePaths(settings.folder).console,
  });
  const target = parseAmqpUrl(nodeUrl(settings));
  let nextProgress = progressEveryMs;
  let up = false;
  const ready = async () => {
    if (performance.now() - startedAt > nextProgress) {
      nextProgress += progressEveryMs;
      log(`still starting (${seconds()} s)`);
    }
    up = (await checkAmqp(target, { timeoutMs: 2_000 })).kind === 'ok';
    return up || !child.isRunning();
  };
  try {
    await poll(ready, { withinMs: startDeadlineMs, everyMs: 100, signal });
    if (!up || !child.isRunning()) throw startError('rabbitmq-server', settings);
  } catch (error) {
    await child.end({ graceMs: 0 });
    throw error;
  }
  log(`the private node is up after ${seconds()} s`);
  return child;
}

function startError(program: string, settings: NodeSettings): BrokerError {
  return new BrokerError(
    'DT_ERR_NODE_START',
    `${program} must come up on 127.0.0.1, but it ended or did not answer within ${startDeadlineMs / 1000} s. Repair what it says, or set AMQP_URL to a running broker:\n${logTail(settings.folder)}`,
  );
}

/** What to say of a node that ended although nobody ended it. */
export function nodeGone(settings: NodeSettings, how: string): BrokerError {
  return new BrokerError(
    'DT_ERR_NODE_GONE',
    `A private RabbitMQ node must run until it is stopped, but the one on 127.0.0.1:${settings.ports.amqp} ended by itself (${how}). Start again. The end of its log:\n${logTail(settings.folder)}`,
  );
}

function logTail(folder: string): string {
  const { logs } = nodePaths(folder);
  try {
    const lines = readdirSync(logs)
      .filter((name) => name.endsWith('.log'))
      .flatMap((name) => readFileSync(join(logs, name), 'utf8').trim().split('\n').slice(-12));
    return lines.join('\n').trim() || '(it said nothing)';
  } catch {
    return '(its log is gone)';
  }
}
