import { writeFile } from 'node:fs/promises';
import type { Broker } from '@distrace/broker';
import { collectTrace, explain, settingsThatCut } from './collect.ts';
import type { Collected } from './collect.ts';
import type { Deployment } from './deployment.ts';
import { StartError } from './errors.ts';
import { findTrace } from './find-trace.ts';
import type { Options } from './options.ts';
import { block, placeRows, resultRows, twoStarts, wordsCounted } from './report.ts';
import type { RunContext } from './run.ts';
import { readTrace } from './read-trace.ts';
import { submitTask } from './submit.ts';
import type { DoneTask } from './submit.ts';
import { during } from './terminal.ts';
import { pageOf } from './zipkin-place.ts';

/** What `showTask` needs. */
export interface Showing {
  readonly options: Options;
  readonly context: Pick<RunContext, 'terminal' | 'machinery' | 'complain' | 'env'>;
  readonly deployment: Deployment;
  readonly broker: Broker;
  readonly queuePrefix: string;
  readonly text: string;
  readonly signal: AbortSignal;
}

/** Sends the task and shows what became of it; true when the trace is the golden tree. */
export async function showTask({
  options,
  context,
  deployment,
  broker,
  queuePrefix,
  text,
  signal,
}: Showing): Promise<boolean> {
  const { terminal, machinery, complain, env } = context;
  const { apps, folders, zipkin: place, weaving } = deployment;
  const sent = await during(terminal.step('task'), async () => {
    const done = await submitTask(apps.client.url, text, { signal });
    return { value: done, detail: wordsCounted(done.result.words) };
  });
  const zipkin = await machinery.loadZipkin();
  const traced = terminal.step('trace');
  const task = weaving === undefined ? sent : await withTrace(sent, { context, deployment, signal });
  const collected = await collect(task, { context, deployment, signal });
  if (collected.check.complete) traced.done(`${collected.spans.length} spans, complete`);
  else traced.fail();
  if (weaving !== undefined) {
    await during(terminal.step('again'), async () => {
      const starts = await weaving.startAgain();
      return { value: starts, detail: twoStarts(starts) };
    });
  }

  terminal.line(`\n${block(terminal.bold('Result'), resultRows(task.result))}\n`);
  if (collected.spans.length > 0) {
    const { width, colors, unicode } = terminal;
    terminal.line(zipkin.draw(collected.spans, { width, colors, unicode }));
  }
  if (options.out !== undefined) await writeFile(options.out, `${zipkin.encodeV2(collected.spans)}\n`);
  const places = placeRows({
    // The client has said it, or there was nothing to collect.
    traceUrl: pageOf(place.url, task.traceId ?? ''),
    zipkinUrl: place.url,
    clientUrl: apps.client.url,
    executorUrl: apps.executor.url,
    exporterUrl: apps.exporter.url,
    broker,
    queuePrefix,
    weaver: weaving?.weaver,
    // With --once they are gone before anybody could look.
    folders: options.once ? undefined : folders,
  });
  terminal.line(
    block(terminal.bold(options.once ? 'While it ran' : 'Open'), [
      ...places,
      ...(options.out === undefined ? [] : [['saved', options.out] as const]),
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

/** A client that nobody changed does not say its trace: the span of its task does. */
async function withTrace(
  task: DoneTask,
  { context, deployment, signal }: Pick<Showing, 'context' | 'deployment' | 'signal'>,
): Promise<DoneTask> {
  const deadlineMs = context.machinery.traceDeadlineMs;
  return { ...task, traceId: await findTrace(deployment.zipkin.url, task.id, { signal, deadlineMs }) };
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
  const { decodeSpans, mergeSpans } = await machinery.loadZipkin();
  return collectTrace({
    read: () => readTrace(deployment.zipkin.url, traceId, { decodeSpans, signal }),
    mergeSpans,
    fromZipkin: true,
    chunks: task.result.chunks,
    answered: task.answered,
    signal,
    deadlineMs: machinery.traceDeadlineMs,
  });
}

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join('\n');
