import { factsOf } from './row-facts.js';
import type { Kind } from '../span.js';
import type { TraceNode } from './tree.js';

/** Siblings that did the same thing. */
export interface SiblingGroup {
  readonly name?: string;
  readonly serviceName?: string;
  readonly kind?: Kind;
  /** In their own order; one when nothing repeats. */
  readonly nodes: readonly TraceNode[];
  /** Sum and greatest of the known durations, microseconds; 0 when none is known. */
  readonly totalMicros: number;
  readonly maxMicros: number;
  /** How many have a tag `error`. */
  readonly errorCount: number;
}

/** Groups siblings (`node.children`, `tree.roots`) by service, name and kind, in the order of each group's first
 * member. Groups smaller than `least` (default 2) fall apart into groups of one. */
export function groupSiblings(
  siblings: readonly TraceNode[],
  { least = 2 }: { readonly least?: number } = {},
): SiblingGroup[] {
  if (siblings.length < least) return siblings.map((node) => groupOf([node]));
  const byKey = new Map<string, TraceNode[]>();
  const keys = siblings.map((node) => {
    const { serviceName, name } = factsOf(node);
    const key = JSON.stringify([serviceName, name, node.span.kind]);
    const group = byKey.get(key);
    if (group) group.push(node);
    else byKey.set(key, [node]);
    return key;
  });
  const done = new Set<string>();
  const groups: SiblingGroup[] = [];
  for (const [index, key] of keys.entries()) {
    const nodes = byKey.get(key)!;
    if (nodes.length < least) groups.push(groupOf([siblings[index]!]));
    else if (!done.has(key)) {
      done.add(key);
      groups.push(groupOf(nodes));
    }
  }
  return groups;
}

function groupOf(nodes: readonly TraceNode[]): SiblingGroup {
  const { name, serviceName } = factsOf(nodes[0]!);
  const { kind } = nodes[0]!.span;
  let totalMicros = 0;
  let maxMicros = 0;
  let errorCount = 0;
  for (const node of nodes) {
    const micros = node.span.duration ?? 0;
    totalMicros += micros;
    maxMicros = Math.max(maxMicros, micros);
    if (factsOf(node).error === 'critical') errorCount++;
  }
  return {
    ...(name !== undefined && { name }),
    ...(serviceName !== undefined && { serviceName }),
    ...(kind && { kind }),
    nodes,
    totalMicros,
    maxMicros,
    errorCount,
  };
}
