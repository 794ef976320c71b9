import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WORKSPACE_MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url));

/** The main file of the server as it is built. */
export const SERVER_ENTRY = fileURLToPath(
  new URL('../../../../apps/instr-server/dist/main.js', import.meta.url),
);

/** Writes a line for each call of a function called `marked`, as the fake server's bundle does. */
export const COUNTING_EXTENSION = `
import { appendFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { defineInterceptor, func } from '@distrace/instrumentation';

export const marked = defineInterceptor({
  name: 'marked',
  match: func('marked'),
  onEnter({ function: name, line }) {
    appendFileSync(process.env.TEST_SPANS, JSON.stringify({ name, line, pid: process.pid, threadId }) + '\\n');
  },
});
`;

/** An extension in a folder of its own, as a person would write it; gone in the end. */
export async function makeExtension(
  text = COUNTING_EXTENSION,
): Promise<AsyncDisposable & { readonly folder: string; write(text: string): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'distrace-extension-'));
  await mkdir(join(folder, 'node_modules'));
  for (const scope of ['@distrace', '@opentelemetry']) {
    await symlink(join(WORKSPACE_MODULES, scope), join(folder, 'node_modules', scope));
  }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({
      name: 'test-extension',
      version: '1.0.0',
      type: 'module',
      distrace: { services: { Interceptor: ['./index.js#marked'] } },
    }),
  );
  const write = (content: string) => writeFile(join(folder, 'index.js'), content);
  await write(text);
  return {
    folder,
    write,
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
