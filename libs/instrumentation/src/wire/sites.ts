import type {
  AnyNode,
  ArrowFunctionExpression,
  FunctionDeclaration,
  FunctionExpression,
  Program,
} from 'acorn';
import { walk } from './walk.js';
import type { Link } from './walk.js';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** A function of a file and where it stands. */
export interface Site {
  readonly fn: FunctionNode;
  readonly link: Link;
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'FunctionDeclaration'
  );
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
