import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { processEnv } from './app-env.ts';
import type { AppSettings, RunFolders } from './app-env.ts';
import type { AppProcess } from './app-process.ts';
import { messageOf, StartError } from './errors.ts';
import { logOf } from './launch.ts';
import type { Launch } from './launch.ts';
import type { StartOptions } from './starter.ts';
import { newTrust } from './trust.ts';
import type { Trust } from './trust.ts';

/** What the instrumentation server did since it started, in files. */
export interface WeaverCounts {
  /** Went through the weaver. */
  readonly woven: number;
  /** Were there already when an agent asked, or went out with its first answer. */
  readonly fromCache: number;
}

/** The instrumentation server of a run with `--untraced`. */
export interface Weaver {
  readonly url: string;
  /** What a person enters as password to see its page. */
  readonly readerToken: string;
  /** What Node is told so that an app runs under the agent. */
  readonly nodeArgs: readonly string[];
  /** The environment of an app that knows nothing of tracing, with what its agent needs. */
  appEnv(inherited: NodeJS.ProcessEnv, settings: AppSettings): NodeJS.ProcessEnv;
  counts(signal: AbortSignal): Promise<WeaverCounts>;
}

/** What `launchWeaver` needs. */
export interface LaunchWeaverOptions {
  readonly start: (options: StartOptions) => Launch;
  readonly folders: RunFolders;
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** Ports that others of the run want. */
  readonly used: Set<number>;
  /** The file of `@distrace/agent/register`. */
  readonly agent: string;
  readonly onFailure: (error: unknown) => void;
  /** Called with a line for people. */
  readonly note: (line: string) => void;
}

/** Starts the server with a key pair and tokens of its own. It is ready when `launched.ready` is. */
export async function launchWeaver(options: LaunchWeaverOptions): Promise<{
  readonly launched: Launch;
  weaverOf(server: AppProcess): Weaver;
}> {
  const { start, folders, env, port, used, agent, onFailure, note } = options;
  const trust = newTrust();
  const keyFile = join(folders.data, 'weaver.key');
  await writeFile(keyFile, trust.privateKey, { mode: 0o600, flag: 'wx' });
  const launched = start({
    name: 'weaver',
    port,
    healthPath: '/readyz',
    env: (on) => ({
      ...processEnv(env, { name: 'weaver', port: on, folders }),
      KEY_FILE: keyFile,
      AGENT_TOKEN: trust.agentToken,
      READER_TOKEN: trust.readerToken,
    }),
    used,
    onFailure,
    // What is woven stays so: tracing never hurts the app, and neither does the end of the weaver.
    onEnd: async (app, how) =>
      note(`the weaver ended by itself (${how}): who starts from now on is not traced. ${await logOf(app)}`),
  });
  return { launched, weaverOf: ({ url }) => weaverAt(url, { trust, agent }) };
}

function weaverAt(url: string, { trust, agent }: { readonly trust: Trust; readonly agent: string }): Weaver {
  return {
    url,
    readerToken: trust.readerToken,
    nodeArgs: ['--import', pathToFileURL(agent).href],
    appEnv: (inherited, settings) => ({
      ...processEnv(inherited, settings),
      AMQP_URL: settings.amqpUrl,
      QUEUE_PREFIX: settings.queuePrefix,
      DATA_DIR: join(settings.folders.data, settings.name),
      DISTRACE_AGENT_SERVICE: settings.name,
      DISTRACE_AGENT_CONNECTION: url,
      DISTRACE_AGENT_TOKEN: trust.agentToken,
      DISTRACE_AGENT_PUBLIC_KEY: trust.publicKey,
      DISTRACE_AGENT_SPAN_EXPORTER: `directZipkin(${settings.zipkinUrl})`,
      DISTRACE_AGENT_STACK_TRACES: 'true',
      // Of the run: nothing is left on this machine, and nothing of an earlier run is taken.
      DISTRACE_AGENT_CACHE_DIR: join(settings.folders.data, settings.name, 'agent'),
      // A demonstration rather waits than shows half a trace.
      DISTRACE_AGENT_TIMEOUT_MS: '10000',
    }),
    counts: (signal) => readCounts(`${url}/v1/stats`, { token: trust.readerToken, signal }),
  };
}

async function readCounts(
  url: string,
  { token, signal }: { readonly token: string; readonly signal: AbortSignal },
): Promise<WeaverCounts> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
    });
    if (!response.ok) throw new Error(String(response.status));
    const { counters } = (await response.json()) as { readonly counters: Record<string, number> };
    const { woven = 0, answeredFromCache = 0, packFilesSent = 0 } = counters;
    return { woven, fromCache: answeredFromCache + packFilesSent };
  } catch (cause) {
    signal.throwIfAborted();
    throw new StartError(
      'DT_ERR_START_APP_NOT_READY',
      `The weaver must answer 200 on ${url}, but the answer was: ${messageOf(cause)}. Its log says more.`,
      { cause },
    );
  }
}
