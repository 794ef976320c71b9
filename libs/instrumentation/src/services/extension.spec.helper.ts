import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const made: string[] = [];

/** A folder of the given files, until {@link removeFolders}. */
export async function folderOf(files: Readonly<Record<string, string | object>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'distrace-extension-')));
  made.push(folder);
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  }
  return folder;
}

/** Source of a module with interceptor classes of these names. */
export function interceptors(...names: readonly string[]): string {
  return names
    .map((name) => `export class ${name} { static [Symbol.for('distrace.interceptor')] = true; }\n`)
    .join('');
}

/** For `afterEach`. */
export async function removeFolders(): Promise<void> {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
}
