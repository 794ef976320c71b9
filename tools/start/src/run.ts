import { startGuardian } from '@distrace/broker';
import type { Broker } from '@distrace/broker';
import { inBackground } from './background.ts';
import { deploy, newQueuePrefix } from './deployment.ts';
import { complaintOf, StartError } from './errors.ts';
import type { Launch } from './launch.ts';
import type { Machinery } from './machinery.ts';
import type { Options } from './options.ts';
import { showTask } from './show-task.ts';
import type { Interruption } from './signals.ts';
import { stopAll } from './stop.ts';
import { checkOut, readTaskText } from './task-text.ts';
import { during } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { namedZipkin } from './zipkin-place.ts';

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
    const zipkin =
      options.zipkin === undefined ? undefined : await namedZipkin(options.zipkin, interruption.interrupt);
    const failure = new AbortController();
    const signal = AbortSignal.any([interruption.interrupt, failure.signal]);
    const guardian = startGuardian();
    const launches: Launch[] = [];
    const queuePrefix = newQueuePrefix();
    let broker: Broker | undefined;
    let exitCode: number;
    // Whoever loses the guardian or the broker ends: without the one a kill would leave everything, without the other
    // no task comes through.
    const onLost = (error: Error) => failure.abort(error);
    void guardian.lost.then(onLost);
    // Together, since a broker mostly waits and a build computes.
    const build = inBackground((note) => machinery.build({ guardian, signal, env, log: note }));
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
      void broker.lost?.then(onLost);
      await during(terminal.step('build'), async (step) => {
        const outcome = await build.shownBy(step);
        return { value: outcome, detail: outcome };
      });
      const deployment = await deploy({
        machinery,
        guardian,
        broker,
        queuePrefix,
        untraced: options.untraced,
        portBase: options.portBase,
        viewerPort: options.viewerPort,
        zipkin,
        env,
        terminal,
        signal,
        onFailure: (error) => failure.abort(error),
        onLaunch: (launched) => launches.push(launched),
      });
      const isComplete = await showTask({ options, context, deployment, broker, queuePrefix, text, signal });
      exitCode = isComplete ? 0 : 1;
      if (!options.once) await stay(signal, interruption.interrupt);
    } catch (error) {
      complain(complaintOf(error));
      exitCode = error instanceof StartError ? error.exitCode : 1;
    }
    failure.abort();
    await build.ended;
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
    complain(complaintOf(error));
    return error instanceof StartError ? error.exitCode : 1;
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
