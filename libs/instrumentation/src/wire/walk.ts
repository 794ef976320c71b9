import type { AnyNode } from 'acorn';

/** A node and those around it. */
export interface Link {
  readonly node: AnyNode;
  readonly up: Link | undefined;
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
  const stack: Link[] = [{ node: root, up: undefined }];
  for (let link = stack.pop(); link !== undefined; link = stack.pop()) {
    if (visit(link)) pushChildren(link, stack);
  }
}

function pushChildren(link: Link, stack: Link[]): void {
  const node = link.node as unknown as Record<string, unknown>;
  for (const key in node) {
    const value = node[key];
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      for (const item of value as unknown[]) if (isBranch(item)) stack.push({ node: item, up: link });
    } else if (isBranch(value)) {
      stack.push({ node: value, up: link });
    }
  }
}

function isBranch(value: unknown): value is AnyNode {
  const type = (value as { type?: unknown } | null)?.type;
  return typeof type === 'string' && !LEAVES.has(type);
}
