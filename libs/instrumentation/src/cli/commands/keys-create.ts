import { mkdir, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createKeyPair } from '../../wire/index.js';
import { CliError } from '../errors.js';
import type { CliIo } from '../io.js';

/** `distrace keys create`: an Ed25519 key pair as two files, the private one for its owner alone. Overwrites nothing. */
export async function keysCreateCommand(folder: string, io: CliIo): Promise<void> {
  const out = resolve(io.cwd, folder);
  await mkdir(out, { recursive: true, mode: 0o700 });
  const { publicKey, privateKey, keyId } = createKeyPair();
  const privateFile = join(out, 'distrace.key');
  const publicFile = join(out, 'distrace.pub');
  await writeNew(privateFile, privateKey, 0o600);
  await writeNew(publicFile, `${publicKey}\n`, 0o644);
  io.out(`${keyId}  ${publicKey}\n`);
  io.err(`private key: ${privateFile}; keep it where packs are built or the server runs\n`);
  io.err(`public key:  ${publicFile}; pin it in processes with public_key=${publicKey}\n`);
}

async function writeNew(file: string, text: string, mode: number): Promise<void> {
  try {
    const handle = await open(file, 'wx', mode);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new CliError(
      'DT_ERR_CLI_KEY_FILE',
      `A key is written to a new file, but ${file} ${(cause as { code?: unknown }).code === 'EEXIST' ? 'is there already' : 'cannot be written'}; name another folder with --out`,
      { cause },
    );
  }
}
