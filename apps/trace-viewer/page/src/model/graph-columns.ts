import type { DependencyLink } from '@distrace/zipkin';

/** In which column each service stands, and which arrows go back. */
export interface Columns {
  readonly of: ReadonlyMap<string, number>;
  /** Arrows that close a circle, and those of a service to itself. */
  readonly back: ReadonlySet<DependencyLink>;
}

/** A service's column is the longest way to it from one that nobody calls, in steps. Whoever closes a circle is not
 * moved: that arrow goes back. */
export function findColumns(names: readonly string[], links: readonly DependencyLink[]): Columns {
  const callees = Map.groupBy(links, ({ parent }) => parent);
  const called = new Set(links.filter(({ parent, child }) => parent !== child).map(({ child }) => child));
  const state = new Map<string, 'open' | 'done'>();
  const order: string[] = [];
  const back = new Set<DependencyLink>();
  const visit = (from: string): void => {
    const stack = [{ name: from, next: 0 }];
    state.set(from, 'open');
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const link = callees.get(top.name)?.[top.next++];
      if (!link) {
        state.set(top.name, 'done');
        order.push(top.name);
        stack.pop();
      } else if (state.get(link.child) === 'open') back.add(link);
      else if (!state.has(link.child)) {
        state.set(link.child, 'open');
        stack.push({ name: link.child, next: 0 });
      }
    }
  };
  for (const name of names) if (!called.has(name)) visit(name);
  for (const name of names) if (!state.has(name)) visit(name);
  const columns = new Map(names.map((name) => [name, 0]));
  for (const name of order.toReversed()) {
    for (const link of callees.get(name) ?? []) {
      if (!back.has(link))
        columns.set(link.child, Math.max(columns.get(link.child)!, columns.get(name)! + 1));
    }
  }
  return { of: columns, back };
}
