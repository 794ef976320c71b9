import type { AnyNode, ArrowFunctionExpression, FunctionDeclaration, FunctionExpression } from 'acorn';

export type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

/** A node and those around it. */
export interface Link {
  readonly node: AnyNode;
  readonly up: Link | undefined;
  /** The nearest function around it: a chain of ten thousand calls is not walked up for each function in it. */
  readonly within: FunctionLink | undefined;
  /** Whether it stands in the body of a `with`: there any name may be a property of some object. */
  readonly inWith: boolean;
}

export type FunctionLink = Link & { readonly node: FunctionNode };

export function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression' ||
    node.type === 'FunctionDeclaration'
  );
}

/** Nodes that hold no other node, or none that can hold a function. */
const LEAVES: ReadonlySet<string> = new Set([
  'Identifier',
  'Literal',
  'ThisExpression',
  'Super',
  'PrivateIdentifier',
  'TemplateElement',
  'MetaProperty',
  'ImportDefaultSpecifier',
  'ImportNamespaceSpecifier',
  'EmptyStatement',
  'DebuggerStatement',
  'BreakStatement',
  'ContinueStatement',
  'ExportAllDeclaration',
]);

/**
 * Visits `root` and everything in it, in no promised order, without recursion: trees may be deeper than the stack.
 * `visit` says whether to go into a node.
 */
export function walk(root: AnyNode, visit: (link: Link) => boolean): void {
  const stack: Link[] = [{ node: root, up: undefined, within: undefined, inWith: false }];
  for (let link = stack.pop(); link !== undefined; link = stack.pop()) {
    if (visit(link)) pushChildren(link, stack);
  }
}

function pushChildren(link: Link, stack: Link[]): void {
  const node = link.node as unknown as Record<string, unknown>;
  const within = isFunction(link.node) ? (link as FunctionLink) : link.within;
  const isWith = link.node.type === 'WithStatement';
  for (const key in node) {
    const value = node[key];
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) {
        if (isBranch(item)) stack.push({ node: item, up: link, within, inWith: link.inWith });
      }
    } else if (isBranch(value)) {
      stack.push({ node: value, up: link, within, inWith: link.inWith || (isWith && key === 'body') });
    }
  }
}

function isBranch(value: unknown): value is AnyNode {
  const type = (value as { type?: unknown } | null)?.type;
  return typeof type === 'string' && !LEAVES.has(type);
}
