import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'distrace', 'node-versions');
const INSTALL_TIMEOUT_MS = 180_000;

/**
 * The Node of a release line, from the npm package `node`: the one that runs this, or one in a cache folder, which is
 * installed at the first call. `why` says what is missing where it cannot be had.
 */
export async function nodeOf(line: number): Promise<{ readonly path: string } | { readonly why: string }> {
  if (process.version.startsWith(`v${line}.`)) return { path: process.execPath };
  const folder = join(CACHE, String(line));
  const path = join(folder, 'node_modules/node/bin/node');
  try {
    if (!existsSync(path)) await install(folder, line);
    const { stdout } = await promisify(execFile)(path, ['--version']);
    return stdout.startsWith(`v${line}.`) ? { path } : { why: `${path} is ${stdout.trim()}` };
  } catch (error) {
    return { why: `Node ${line} cannot be had from npm: ${String(error).slice(0, 300)}` };
  }
}

async function install(folder: string, line: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ private: true, allowScripts: { node: true } }),
  );
  await promisify(execFile)(
    'npm',
    ['install', '--prefix', folder, '--no-audit', '--no-fund', `node@${line}`],
    {
      cwd: folder,
      timeout: INSTALL_TIMEOUT_MS,
    },
  );
}
