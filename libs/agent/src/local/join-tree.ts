import { join } from 'node:path';
import { createKeyPair } from '@distrace/instrumentation/wire';
import type { Settings } from '../args/settings.js';
import type { Place } from '../session.js';
import { leaveTree, readTree } from './tree.js';
import type { Tree } from './tree.js';

/** A server needs longer to start than to answer. */
const START_TIMEOUT_MS = 20_000;

/** Finds the server of this process tree, or starts it as the tree's first process. */
export async function joinTree(
  settings: Pick<Settings, 'serverEntry' | 'serverMain' | 'extensions'>,
  env: Record<string, string | undefined>,
): Promise<Pick<Place, 'endpoint' | 'publicKeys'>> {
  let tree = readTree(env);
  if (tree === undefined) {
    // 10 ms that children do not pay.
    const { startServer } = await import('./start-server.js');
    tree = await startServer({
      entry: join(settings.serverEntry ?? '', settings.serverMain ?? ''),
      extensions: settings.extensions,
      timeoutMs: START_TIMEOUT_MS,
      env,
      keys: createKeyPair(),
    });
    leaveTree(env, tree);
  }
  return placeInTree(tree);
}

/** Where the requests of a tree go. */
export function placeInTree({ socketPath, token, publicKey }: Tree): Pick<Place, 'endpoint' | 'publicKeys'> {
  return { endpoint: { socketPath, token }, publicKeys: [publicKey] };
}
