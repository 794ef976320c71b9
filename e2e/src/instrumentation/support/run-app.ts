import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built agent. */
export const AGENT = fileURLToPath(import.meta.resolve('@distrace/agent/register'));

export interface AppRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
}

/** A call of a woven function, as the counting bundle writes it down. */
export interface Seen {
  readonly name: string;
  readonly line: number;
  readonly pid: number;
  readonly threadId: number;
}

export interface RunOptions {
  /** `DISTRACE_ARGS`; undefined: run without the agent. */
  readonly args?: string;
  readonly node?: string;
  /** Before the main file. */
  readonly flags?: readonly string[];
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** An app in a folder of its own, which is gone in the end. */
export interface TestApp extends AsyncDisposable {
  readonly folder: string;
  start(
    main: string,
    options?: RunOptions,
  ): { readonly child: ChildProcess; readonly ended: Promise<AppRun> };
  run(main: string, options?: RunOptions): Promise<AppRun>;
  /** The calls since the last time this was asked. */
  seen(): Promise<Seen[]>;
  /** Their names. */
  seenNames(): Promise<string[]>;
  /** All lines since the last time. */
  lines(): Promise<Record<string, unknown>[]>;
}

/** Files by path; a package.json that names it `app` is made when none is given. */
export async function makeApp(files: Readonly<Record<string, string>>): Promise<TestApp> {
  const folder = await mkdtemp(join(tmpdir(), 'distrace-app-'));
  const all = { 'package.json': '{"name":"app","version":"1.2.3"}', ...files };
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  const spans = join(folder, 'spans.ndjson');
  let readTo = 0;
  const app: TestApp = {
    folder,
    start(main, { args, node = process.execPath, flags, argv = [], env = {} } = {}) {
      const agent = args === undefined ? [] : ['--import', AGENT];
      const startedAtMs = performance.now();
      const child = spawn(node, [...(flags ?? agent), join(folder, main), ...argv], {
        cwd: folder,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          TEST_SPANS: spans,
          ...(args === undefined ? {} : { DISTRACE_ARGS: args }),
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
      const ended = once(child, 'close').then(([code, signal]) => ({
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        stdout,
        stderr,
        ms: performance.now() - startedAtMs,
      }));
      return { child, ended };
    },
    run: (main, options) => app.start(main, options).ended,
    async lines() {
      // Whole lines from where the last reading ended: removing what was read would lose what is written meanwhile.
      const bytes = await readFile(spans).catch(() => Buffer.alloc(0));
      const end = bytes.lastIndexOf('\n') + 1;
      const text = bytes.toString('utf8', readTo, end);
      readTo = Math.max(readTo, end);
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    seen: async () => (await app.lines()).filter((line) => 'name' in line) as unknown as Seen[],
    seenNames: async () => (await app.seen()).map(({ name }) => name),
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
  return app;
}
