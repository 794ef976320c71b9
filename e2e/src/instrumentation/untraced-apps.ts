import { fileURLToPath } from 'node:url';
import { checkTrace, expectedTree, submitTask } from '@distrace/start';
import type { Span } from '@distrace/zipkin';
import { expect, vi } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { AppName, Deployment, DeploymentOptions } from '../support/deployment.ts';
import { readTraces } from '../support/spool.ts';
import { AGENT } from './support/run-app.ts';

/** The folder of the extension that traces the untraced apps. */
export const EXTENSION = fileURLToPath(new URL('../../../examples/untraced-extension', import.meta.url));

const APPS: readonly AppName[] = ['exporter', 'executor', 'client'];

const mainOf = (app: AppName) =>
  fileURLToPath(new URL(`../../../examples/untraced/dist/${app}/main.js`, import.meta.url));

/** The untraced apps as processes of their own. */
export async function startUntraced(
  amqpUrl: string,
  options: Omit<DeploymentOptions, 'mainOf'> = {},
): Promise<Deployment> {
  return startDeployment(amqpUrl, {}, { ...options, mainOf });
}

/** What {@link startUnderAgent} is told. */
export interface UnderAgentOptions {
  /** For spans and caches. */
  readonly folder: string;
  /** Arguments of the agent: where the server is. */
  readonly args: Readonly<Record<string, string>>;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a trace is compared with, beyond the golden tree. */
export interface TraceOptions {
  /** See `checkTrace`. */
  readonly toleranceMicros?: number;
}

/** The untraced apps, and what they leave behind all the same. */
export interface TracedDeployment extends Deployment {
  /** Waits until the trace of a task is the golden tree. */
  traceOf(task: SentTask, options?: TraceOptions): Promise<readonly Span[]>;
}

/**
 * The same under the agent, each with a cache of its own in `folder` and its spans in a file of it; `args` say where
 * the server is.
 */
export async function startUnderAgent(
  amqpUrl: string,
  { folder, args, env = {} }: UnderAgentOptions,
): Promise<TracedDeployment> {
  const envOf = (service: AppName) => {
    const all = {
      ...args,
      service,
      span_exporter: `disk(${folder}/spans/${service}.ndjson)`,
      cache_dir: `${folder}/cache/${service}`,
      stack_traces: 'true',
      // The machine of a test may be busy.
      timeout_ms: '20000',
    };
    return {
      ...env,
      DISTRACE_ARGS: Object.entries(all)
        .map(([key, value]) => `${key}=${value}`)
        .join(';'),
    };
  };
  const apps = await startUntraced(amqpUrl, { apps: [], nodeArgs: ['--import', AGENT], envOf });
  try {
    // One after the other: an agent that starts a server of its own gives it some seconds only.
    for (const app of APPS) await apps.start(app);
  } catch (error) {
    await apps[Symbol.asyncDispose]();
    throw error;
  }
  return {
    ...apps,
    traceOf: (task, options) => traceOf(task, { apps, spool: `${folder}/spans`, ...options }),
  };
}

/** Waits until the trace of a task is the golden tree. */
async function traceOf(
  { id, chunks, answered }: SentTask,
  { apps, spool, toleranceMicros }: { readonly apps: Deployment; readonly spool: string } & TraceOptions,
): Promise<readonly Span[]> {
  const look = async () => {
    const traces = [...(await readTraces(spool)).values()];
    const spans = traces.find((trace) => trace.some(({ tags }) => tags?.['task.id'] === id)) ?? [];
    expect(checkTrace(spans, { chunks, answered, toleranceMicros })).toEqual({ complete: true });
    expect(spans).toHaveLength(expectedTree.length - 1 + chunks);
    return spans;
  };
  try {
    return await vi.waitFor(look, { timeout: 30_000, interval: 200 });
  } catch (error) {
    // An agent that found no server says so there.
    const logs = await Promise.all(APPS.map(async (app) => `${app}:\n${await apps.log(app)}`));
    throw new Error(`No golden tree; the apps printed\n${logs.join('\n')}`, { cause: error });
  }
}

/** A task that came back. */
export interface SentTask {
  readonly id: string;
  readonly chunks: number;
  /** False when the client answered before it was done. */
  readonly answered: boolean;
  readonly result: Readonly<Record<string, unknown>>;
}

/** Sends a text and waits for its result. */
export async function send(apps: Deployment, text: string): Promise<SentTask> {
  const signal = AbortSignal.timeout(60_000);
  const { id, result, answered } = await submitTask(apps.url('client'), text, { signal });
  return { id, chunks: result.chunks, answered, result: { ...result } };
}
