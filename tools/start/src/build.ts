import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Guardian } from '@distrace/broker';
import { withBuildLock } from './build-lock.ts';
import { adoptOrKill, describeExit, exitOf, settlesWithin, signalGroup } from './child.ts';
import { StartError } from './errors.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { Fingerprint } from './fingerprint.ts';
import { APP_NAMES } from './ports.ts';

/** Options of `buildWorkspace`. */
export interface BuildOptions {
  readonly guardian: Guardian;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Builds the untraced apps and what traces them instead of the reference apps. Default false. */
  readonly untraced?: boolean;
}

/** More than a failed compilation of everything prints; the end is what matters. */
const KEPT_OUTPUT_CHARS = 100_000;

// The apps and, by their dependencies, libraries; tests and benchmarks need not compile for a demonstration.
const REFERENCE = ['trace-viewer', ...APP_NAMES];
const UNTRACED = ['trace-viewer', 'messaging', 'untraced', 'untraced-extension', 'agent'];

/**
 * `nx run-many -t build` for the apps; what it prints is shown only when it fails. Builds of one checkout wait for
 * each other, and one that would change nothing is left out: without its daemon nx removes and rewrites even the
 * folders that are right already, under the feet of apps that are just being loaded from there.
 * Throws DT_ERR_START_BUILD with the output, DT_ERR_START_BUILD_LOCK, or the signal's reason.
 */
export async function buildWorkspace(root: string, options: BuildOptions): Promise<'built' | 'up to date'> {
  const cache = join(root, 'node_modules/.cache');
  return withBuildLock(join(cache, 'distrace-build.lock'), () => buildWhenNeeded(root, cache, options), {
    signal: options.signal,
    onWait: (pid) => options.log(`waiting for the build of process ${pid}`),
  });
}

async function buildWhenNeeded(
  root: string,
  cache: string,
  options: BuildOptions,
): Promise<'built' | 'up to date'> {
  const stamp = join(cache, 'distrace-build.stamp');
  const wanted = options.untraced === true ? UNTRACED : REFERENCE;
  const before = await fingerprintOf(root);
  const built = builtProjects(await readFile(stamp, 'utf8').catch(() => ''), before);
  if (wanted.every((name) => built.includes(name))) return 'up to date';
  // What is built already is built again with it, so that one stamp may speak for both.
  const projects = [...new Set([...built, ...wanted])];
  await runNx(root, projects, options);
  const after = await fingerprintOf(root);
  // Somebody may have saved a file meanwhile; then nobody knows which text was compiled.
  if (after.inputs === before.inputs) await writeFile(stamp, JSON.stringify({ ...after, projects }));
  return 'built';
}

/** The projects that the stamp of the last build names, if all is as it was then. */
function builtProjects(stamp: string, { inputs, outputs }: Fingerprint): readonly string[] {
  try {
    const last = JSON.parse(stamp) as Fingerprint & { readonly projects: readonly string[] };
    return last.inputs === inputs && last.outputs === outputs ? last.projects : [];
  } catch {
    // None yet, or half of one.
    return [];
  }
}

async function runNx(
  root: string,
  projects: readonly string[],
  { guardian, signal, env }: BuildOptions,
): Promise<void> {
  signal.throwIfAborted();
  const names = projects.map((name) => `@distrace/${name}`).join(',');
  const nx = [join(root, 'node_modules/.bin/nx'), 'run-many', '-t', 'build', '-p', names];
  const child = spawn(process.execPath, nx, {
    cwd: root,
    // A group of its own: a terminal's Ctrl-C must not kill a compiler in the middle of a file.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...env,
      // The package scripts that nx runs find the same node as we do.
      PATH: [dirname(process.execPath), join(root, 'node_modules/.bin'), env['PATH'] ?? ''].join(delimiter),
      NX_DAEMON: 'false',
      NX_TUI: 'false',
      NX_NO_CLOUD: 'true',
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-KEPT_OUTPUT_CHARS);
    });
  }
  const exited = exitOf(child);
  const { pid } = child;
  if (pid !== undefined) adoptOrKill(guardian, pid);
  const stop = () => {
    if (pid !== undefined) signalGroup(pid, 'SIGTERM');
  };
  signal.addEventListener('abort', stop, { once: true });
  try {
    const exit = await exited;
    if (signal.aborted) throw signal.reason;
    if (exit.code === 0) return;
    throw new StartError(
      'DT_ERR_START_BUILD',
      `The workspace must build, but nx ended with ${describeExit(exit)}. Repair what it names:\n${output.trim()}`,
    );
  } finally {
    signal.removeEventListener('abort', stop);
    if (pid !== undefined) {
      // Compilers that outlive nx by a moment are let finish, then ended.
      if (signal.aborted && !(await settlesWithin(exited, 3_000))) signalGroup(pid, 'SIGKILL');
      guardian.releaseProcess(pid);
    }
  }
}
