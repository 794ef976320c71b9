import { writeFile } from 'node:fs/promises';
import { startGuardian } from '@distrace/broker';
import type { Broker } from '@distrace/broker';
import { collectTrace, explain, settingsThatCut } from './collect.ts';
import type { Collected } from './collect.ts';
import { deploy, newQueuePrefix } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { messageOf, StartError } from './errors.ts';
import type { Launch } from './launch.ts';
import type { Machinery } from './machinery.ts';
import type { Options } from './options.ts';
import { block, placeRows, resultRows } from './report.ts';
import type { Interruption } from './signals.ts';
import { readSpool } from './spool.ts';
import { stopAll } from './stop.ts';
import { submitTask } from './submit.ts';
import type { DoneTask } from './submit.ts';
import { checkOut, readTaskText } from './task-text.ts';
import type { Step, Terminal } from './terminal.ts';

/** What `run` is given besides its options. */
export interface RunContext {
  readonly machinery: Machinery;
  readonly terminal: Terminal;
  /** Where failures go. */
  readonly complain: (text: string) => void;
  readonly interruption: Interruption;
  readonly env: NodeJS.ProcessEnv;
}

/** The whole run: from the text of the task to an empty machine. Returns the exit code; never rejects. */
export async function run(options: Options, context: RunContext): Promise<number> {
  const { terminal, complain, machinery, interruption, env } = context;
  try {
    const text = await readTaskText(options.file);
    await checkOut(options.out);
    const failure = new AbortController();
    const signal = AbortSignal.any([interruption.interrupt, failure.signal]);
    const guardian = startGuardian();
    const launches: Launch[] = [];
    const queuePrefix = newQueuePrefix();
    let broker: Broker | undefined;
    let exitCode: number;
    try {
      broker = await during(terminal.step('RabbitMQ'), async (step) => {
        const found = await machinery.findBroker({
          guardian,
          env,
          signal,
          // Its last word is what the finished step says.
          log: (line) => line.startsWith('using ') || step.note(line),
        });
        return { value: found, detail: found.description };
      });
      await during(terminal.step('build'), async (step) => {
        const outcome = await machinery.build({ guardian, signal, env, log: (line) => step.note(line) });
        return { value: outcome, detail: outcome };
      });
      const deployment = await deploy({
        machinery,
        guardian,
        broker,
        queuePrefix,
        portBase: options.portBase,
        env,
        terminal,
        signal,
        onFailure: (error) => failure.abort(error),
        onLaunch: (launched) => launches.push(launched),
      });
      const isComplete = await show({ options, context, deployment, broker, text, signal });
      exitCode = isComplete ? 0 : 1;
      if (!options.once) await stay(signal, interruption.interrupt);
    } catch (error) {
      complain(messageOf(error));
      exitCode = error instanceof StartError ? error.exitCode : 1;
    }
    failure.abort();
    const owned = broker;
    await stopAll(
      {
        apps: launches.map(({ current }) => current).toReversed(),
        removeQueues:
          owned !== undefined && owned.owner !== 'private' && launches.length > 0
            ? () => machinery.removeQueues(owned.url, queuePrefix)
            : undefined,
        stopBroker: owned && (() => owned.stop()),
        closeGuardian: () => guardian.close(),
      },
      {
        say: (line) => terminal.line(`   ${line}`),
        hurry: interruption.hurry,
        appDeadlineMs: machinery.appStopDeadlineMs,
      },
    );
    terminal.line(terminal.faint('stopped, nothing is left'));
    return exitCode;
  } catch (error) {
    complain(messageOf(error));
    return error instanceof StartError ? error.exitCode : 1;
  }
}

interface Showing {
  readonly options: Options;
  readonly context: RunContext;
  readonly deployment: Deployment;
  readonly broker: Broker;
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Sends the task and shows what became of it; true when the trace is the golden tree. */
async function show({ options, context, deployment, broker, text, signal }: Showing): Promise<boolean> {
  const { terminal, machinery, complain, env } = context;
  const { apps, folders } = deployment;
  const task = await during(terminal.step('task'), async () => {
    const done = await submitTask(apps.client.url, text, { signal });
    return { value: done, detail: `${done.result.words} words counted` };
  });
  const zipkin = await machinery.loadZipkin();
  const traced = terminal.step('trace');
  const collected = await collect(task, { context, deployment, signal });
  if (collected.check.complete) traced.done(`${collected.spans.length} spans, complete`);
  else traced.fail();

  terminal.line(`\n${block(terminal.bold('Result'), resultRows(task.result))}\n`);
  if (collected.spans.length > 0) {
    const { width, colors, unicode } = terminal;
    terminal.line(zipkin.draw(collected.spans, { width, colors, unicode }));
  }
  if (options.out !== undefined) await writeFile(options.out, `${zipkin.encodeV2(collected.spans)}\n`);
  const places = placeRows({
    clientUrl: apps.client.url,
    executorUrl: apps.executor.url,
    exporterUrl: apps.exporter.url,
    broker,
    folders,
  });
  terminal.line(
    block(terminal.bold('Open'), [
      ...places,
      ...(options.out === undefined ? [] : [['trace', options.out] as const]),
    ]),
  );
  if (!options.once) terminal.line(`\n${terminal.bold('Ctrl-C stops everything.')}`);
  const reasons = explain(collected, env);
  if (reasons.length > 0) {
    const advice = options.once ? 'Run it again without --once and read the logs.' : 'Read the logs.';
    complain(
      `The trace must be the golden tree of ARCHITECTURE.md, but it is not. ${advice}\n${indented(reasons)}`,
    );
  }
  return collected.check.complete;
}

async function collect(
  task: DoneTask,
  { context, deployment, signal }: Pick<Showing, 'context' | 'deployment' | 'signal'>,
): Promise<Collected> {
  const { machinery, env } = context;
  const { traceId } = task;
  if (traceId === undefined) {
    throw new StartError(
      'DT_ERR_START_TRACE',
      `The client must say the trace id of a task, but it said none: nothing is traced.\n${indented(settingsThatCut(env))}`.trimEnd(),
    );
  }
  const { mergeSpans } = await machinery.loadZipkin();
  return collectTrace({
    read: () => readSpool(deployment.folders.spans, traceId),
    mergeSpans,
    chunks: task.result.chunks,
    answered: task.answered,
    signal,
    deadlineMs: machinery.traceDeadlineMs,
  });
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n');

async function during<T>(
  step: Step,
  work: (step: Step) => Promise<{ readonly value: T; readonly detail: string }>,
): Promise<T> {
  try {
    const { value, detail } = await work(step);
    step.done(detail);
    return value;
  } catch (error) {
    step.fail();
    throw error;
  }
}

/** Until Ctrl-C, which is how such a run ends well; throws when an app died instead. */
async function stay(signal: AbortSignal, interrupt: AbortSignal): Promise<void> {
  // An abort listener alone keeps no process alive.
  const staying = setInterval(() => undefined, 60_000);
  try {
    if (!signal.aborted) {
      await new Promise((resolve) => {
        signal.addEventListener('abort', resolve, { once: true });
      });
    }
  } finally {
    clearInterval(staying);
  }
  if (!interrupt.aborted) throw signal.reason;
}
