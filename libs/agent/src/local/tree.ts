import { existsSync } from 'node:fs';

/** How children and workers find the server that the first process of a tree has started. */
export interface Tree {
  readonly socketPath: string;
  readonly token: string;
  readonly publicKey: string;
}

const VARIABLE = 'DISTRACE_TREE';
const WITHOUT = 'none';

/** What an ancestor left behind, if its server may still be there. */
export function readTree(env: Readonly<Record<string, string | undefined>>): Tree | undefined {
  try {
    const text = Buffer.from(env[VARIABLE] ?? '', 'base64url').toString();
    const { socketPath, token, publicKey } = JSON.parse(text) as Partial<Tree>;
    if (typeof socketPath !== 'string' || typeof token !== 'string' || typeof publicKey !== 'string')
      return undefined;
    return existsSync(socketPath) ? { socketPath, token, publicKey } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether an ancestor could not start its server: children must not try in their turn, eight at a time. */
export function isTreeWithout(env: Readonly<Record<string, string | undefined>>): boolean {
  return env[VARIABLE] === WITHOUT;
}

/** For processes started from now on, when there is no server. */
export function leaveNoTree(env: Record<string, string | undefined>): void {
  env[VARIABLE] = WITHOUT;
}

/** For processes started from now on. */
export function leaveTree(env: Record<string, string | undefined>, tree: Tree): void {
  env[VARIABLE] = Buffer.from(JSON.stringify(tree)).toString('base64url');
}
