import type { Program } from 'acorn';
import { isFunction, walk } from './walk.js';
import type { FunctionNode, Link } from './walk.js';

export { isFunction };
export type { FunctionNode };

/** A function of a file and where it stands. */
export interface Site {
  readonly fn: FunctionNode;
  readonly link: Link;
}

/** All functions of a file, in the order in which they start. `visit` sees every node that can hold others. */
export function findSites(program: Program, visit?: (link: Link) => void): Site[] {
  const sites: Site[] = [];
  walk(program, (link) => {
    visit?.(link);
    if (isFunction(link.node)) sites.push({ fn: link.node, link });
    return true;
  });
  return sites.toSorted((a, b) => a.fn.start - b.fn.start);
}
