import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PACKAGE } from './files.ts';

/** A server in a process of its own. */
export interface BenchServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Of the process so far; undefined where the system does not say. */
  cpuSeconds(): number | undefined;
}

const MAIN = fileURLToPath(new URL('../../../apps/instr-server/dist/main.js', import.meta.url));
const LIBRARY = dirname(dirname(fileURLToPath(import.meta.resolve('@distrace/instrumentation'))));

/** Starts the built server with one rule: every function of the package. */
export async function startServer(): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'distrace-bench-'));
  writeExtension(join(folder, 'extension'));
  const args = ['--port', '0', '--extensions', join(folder, 'extension'), '--store', join(folder, 'store')];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const url = new URL(await readyUrl(child.stdout));
  return {
    host: url.hostname,
    port: Number(url.port),
    cpuSeconds: () => cpuSecondsOf(child.pid),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Linux counts in hundredths of a second. */
function cpuSecondsOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

async function readyUrl(stdout: AsyncIterable<Buffer>): Promise<string> {
  let output = '';
  for await (const chunk of stdout) {
    output += String(chunk);
    const url = /ready on (http:[^,]+)/.exec(output)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the server ended before it was ready: ${output}`);
}

function writeExtension(folder: string): void {
  mkdirSync(join(folder, 'node_modules', '@distrace'), { recursive: true });
  symlinkSync(LIBRARY, join(folder, 'node_modules', '@distrace', 'instrumentation'));
  const manifest = {
    name: 'bench-extension',
    type: 'module',
    distrace: { services: { Interceptor: ['./rules.js#every'] } },
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'rules.js'),
    `import { defineInterceptor, inPackage } from '@distrace/instrumentation';
export const every = defineInterceptor({ name: 'every', match: inPackage('${PACKAGE}'), onEnter() {} });
`,
  );
}
