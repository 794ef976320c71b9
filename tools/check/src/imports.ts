import { parseAst } from 'vite';

/** One module that a file names. */
export interface Import {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
  /** `import type`, `export type` or `import('x').T`: gone at run time. */
  readonly typeOnly: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [key: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

function literalOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value'];
  if (node.type !== 'TemplateLiteral') return undefined;
  const quasis = node['quasis'] as readonly { value?: { cooked?: string } }[];
  return quasis.length === 1 ? quasis[0]?.value?.cooked : undefined;
}

function* walk(node: Node): Generator<Node> {
  yield node;
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) yield* walk(child);
  }
}

const named = (node: unknown, name: string): boolean =>
  isNode(node) && node.type === 'Identifier' && node['name'] === name;

function isCreateRequire(node: unknown): boolean {
  return isNode(node) && node.type === 'CallExpression' && named(node['callee'], 'createRequire');
}

/** `require`, and every name that holds what `createRequire` returned. */
function requireNames(nodes: readonly Node[]): Set<unknown> {
  const names = new Set<unknown>(['require']);
  for (const node of nodes) {
    if (node.type === 'VariableDeclarator' && isCreateRequire(node['init'])) {
      names.add((node['id'] as Node)['name']);
    }
  }
  return names;
}

function isLoader(callee: unknown, names: Set<unknown>): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return names.has(callee['name']);
  if (isCreateRequire(callee)) return true;
  if (callee.type !== 'MemberExpression' || !named(callee['property'], 'resolve')) return false;
  const object = callee['object'] as Node;
  return object.type === 'MetaProperty' || names.has(object['name']) || isCreateRequire(object);
}

/** `import { type A, type B } from 'x'` is as gone at run time as `import type`. */
function isTypeOnly(node: Node): boolean {
  if (node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'] as readonly Node[] | undefined;
  return (
    specifiers !== undefined &&
    specifiers.length > 0 &&
    specifiers.every((one) => one['importKind'] === 'type' || one['exportKind'] === 'type')
  );
}

function namedBy(node: Node, names: Set<unknown>): { source: unknown; typeOnly: boolean } | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      return { source: node['source'], typeOnly: isTypeOnly(node) };
    case 'ImportExpression':
      return { source: node['source'], typeOnly: false };
    case 'TSImportType':
      return { source: node['source'], typeOnly: true };
    case 'TSExternalModuleReference':
      return { source: node['expression'], typeOnly: false };
    case 'CallExpression': {
      const [first] = node['arguments'] as readonly unknown[];
      return isLoader(node['callee'], names) ? { source: first, typeOnly: false } : undefined;
    }
    default:
      return undefined;
  }
}

function langOf(path: string): 'ts' | 'tsx' | 'js' | 'jsx' {
  if (/\.[cm]?ts$/.test(path)) return 'ts';
  if (path.endsWith('.tsx')) return 'tsx';
  return path.endsWith('.jsx') ? 'jsx' : 'js';
}

/**
 * Every module that a source file names with a literal: import, export from, dynamic import, types,
 * `require` and what `createRequire` made, `import.meta.resolve`. Throws the parser's error when the
 * text is no program.
 */
export function importsOf(path: string, text: string): readonly Import[] {
  const lang = langOf(path);
  // The parser copies decorators and types as they are; it needs no tsconfig.
  const nodes = [...walk(parseAst(text, { lang }, path) as unknown as Node)];
  const names = requireNames(nodes);
  return nodes.flatMap((node) => {
    const found = namedBy(node, names);
    const specifier = literalOf(found?.source);
    if (found === undefined || specifier === undefined) return [];
    return [{ specifier, line: text.slice(0, node.start).split('\n').length, typeOnly: found.typeOnly }];
  });
}
