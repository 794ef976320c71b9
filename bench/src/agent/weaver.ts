import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { freePort } from '@distrace/broker';

const MAIN = fileURLToPath(new URL('../../../examples/untraced-extension/dist/server.js', import.meta.url));

/** A shared server with the example's extension, as a process of its own. */
export interface Weaver extends AsyncDisposable {
  readonly port: number;
  readonly publicKey: string;
}

/** Starts one that remembers nothing of another; `folder` gets its key. */
export async function startWeaver(folder: string): Promise<Weaver> {
  const keys = createKeyPair();
  const keyFile = join(folder, `${keys.keyId}.pem`);
  await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
  const port = await freePort();
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), KEY_FILE: keyFile },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.includes('ready on') && resolve());
    child.once('exit', (code) => reject(new Error(`the server ended with code ${code}`)));
  });
  return {
    port,
    publicKey: keys.publicKey,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
