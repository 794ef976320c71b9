import { processEnv } from './app-env.ts';
import type { RunFolders } from './app-env.ts';
import type { AppProcess } from './app-process.ts';
import type { DeployOptions } from './deployment.ts';
import { logOf } from './launch.ts';
import type { Launch } from './launch.ts';
import type { StartOptions } from './starter.ts';
import { failed } from './terminal.ts';
import type { Terminal } from './terminal.ts';
import { launchWeaver } from './weaver.ts';
import type { Weaver } from './weaver.ts';
import { chooseZipkin } from './zipkin-place.ts';
import type { ZipkinChoice, ZipkinPlace } from './zipkin-place.ts';

/** What is started here stands on. */
interface Ground {
  readonly start: (options: StartOptions) => Launch;
  readonly folders: RunFolders;
}

/** Starts the instrumentation server, which the apps' agents have to know. */
export async function settleWeaver(
  { machinery, env, terminal, onFailure }: DeployOptions,
  { start, folders, used }: Ground & { readonly used: Set<number> },
): Promise<Weaver> {
  const port = await machinery.findPort({ from: Math.max(...used) + 1 });
  const { agent } = machinery;
  const note = (line: string) => terminal.line(`   ${line}`);
  const launching = { start, folders, env, port, used, agent, onFailure, note };
  const { launched, weaverOf } = await launchWeaver(launching);
  return weaverOf(await untilReady('weaver', launched, terminal));
}

/** Finds a Zipkin or starts the viewer. */
export async function settleZipkin(
  { machinery, portBase, viewerPort, zipkin, env, terminal, signal, onFailure }: DeployOptions,
  { start, folders }: Ground,
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

/** Shows a process as a step until it answers. */
export async function untilReady(label: string, { ready }: Launch, terminal: Terminal): Promise<AppProcess> {
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
