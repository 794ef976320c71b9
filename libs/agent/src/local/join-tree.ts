import { join } from 'node:path';
import { createKeyPair } from '@distrace/instrumentation/wire';
import type { AgentError } from '../errors.js';
import type { Settings } from '../args/settings.js';
import type { Place } from '../session.js';
import { isTreeWithout, leaveNoTree, leaveTree, readTree } from './tree.js';
import type { Tree } from './tree.js';

/** A server needs longer to start than to answer. */
const LEAST_START_TIMEOUT_MS = 20_000;

/**
 * Finds the server of this process tree, or starts it as the tree's first process. Undefined when the first process
 * could not, which it has said.
 */
export async function joinTree(
  settings: Pick<Settings, 'serverEntry' | 'serverMain' | 'extensions' | 'timeoutMs'>,
  env: Record<string, string | undefined>,
  warn: (error: AgentError) => void,
): Promise<Omit<Place, 'service'> | undefined> {
  if (isTreeWithout(env)) return undefined;
  const found = readTree(env);
  if (found !== undefined) return placeInTree(found);
  // 10 ms that children do not pay.
  const { startServer } = await import('./start-server.js');
  try {
    const tree = await startServer({
      entry: join(settings.serverEntry ?? '', settings.serverMain ?? ''),
      extensions: settings.extensions,
      timeoutMs: Math.max(LEAST_START_TIMEOUT_MS, 3 * settings.timeoutMs),
      env,
      warn,
      keys: createKeyPair(),
    });
    leaveTree(env, tree);
    return { ...placeInTree(tree), isFirst: true };
  } catch (error) {
    leaveNoTree(env);
    throw error;
  }
}

/** Where the requests of a tree go. */
export function placeInTree({ socketPath, token, publicKey }: Tree): Pick<Place, 'endpoint' | 'publicKeys'> {
  return { endpoint: { socketPath, token }, publicKeys: [publicKey] };
}
