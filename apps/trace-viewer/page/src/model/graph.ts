import type { DependencyLink } from '@distrace/zipkin';

/** A service in the picture, in units of the drawing. */
export interface GraphNode {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** An arrow from caller to callee. */
export interface GraphEdge {
  readonly link: DependencyLink;
  /** An SVG path. */
  readonly path: string;
  /** Where its label stands. */
  readonly x: number;
  readonly y: number;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly width: number;
  readonly height: number;
}

export const NODE_HEIGHT = 40;
const COLUMN_GAP = 130;
const ROW_GAP = 64;
const MARGIN = 50;

/** Callers left of callees, a column per step from a service that nobody calls. Whoever closes a circle is not
 * moved: that arrow goes back. */
export function layOutGraph(links: readonly DependencyLink[]): Graph {
  const names = [...new Set(links.flatMap(({ parent, child }) => [parent, child]))].toSorted();
  const columns = columnsOf(names, links);
  const width = Math.max(110, ...names.map((name) => Math.min(name.length, 28) * 8 + 36));
  const byColumn = Map.groupBy(names, (name) => columns.get(name)!);
  orderColumns(byColumn, links);
  const tallest = Math.max(0, ...[...byColumn.values()].map((column) => column.length));
  const height = tallest * (NODE_HEIGHT + ROW_GAP) - ROW_GAP + 2 * MARGIN;
  const placed = new Map<string, GraphNode>();
  for (const [column, inColumn] of byColumn) {
    const top = (height - inColumn.length * (NODE_HEIGHT + ROW_GAP) + ROW_GAP) / 2;
    for (const [row, name] of inColumn.entries()) {
      placed.set(name, {
        name,
        x: MARGIN + column * (width + COLUMN_GAP),
        y: top + row * (NODE_HEIGHT + ROW_GAP),
        width,
      });
    }
  }
  return {
    nodes: [...placed.values()],
    edges: links.map((link) => edgeOf(link, placed, links)),
    width: Math.max(0, byColumn.size * (width + COLUMN_GAP) - COLUMN_GAP + 2 * MARGIN),
    height: Math.max(height, 0),
  };
}

/** The longest way from a service that nobody calls, in steps; arrows that close a circle do not count. */
function columnsOf(names: readonly string[], links: readonly DependencyLink[]): Map<string, number> {
  const callees = Map.groupBy(links, ({ parent }) => parent);
  const called = new Set(links.filter(({ parent, child }) => parent !== child).map(({ child }) => child));
  const columns = new Map<string, number>();
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
  for (const name of names) columns.set(name, 0);
  for (const name of order.toReversed()) {
    for (const link of callees.get(name) ?? []) {
      if (!back.has(link))
        columns.set(link.child, Math.max(columns.get(link.child)!, columns.get(name)! + 1));
    }
  }
  return columns;
}

/** Puts each service at the middle of its callers, which keeps arrows from crossing. */
function orderColumns(byColumn: Map<number, string[]>, links: readonly DependencyLink[]): void {
  const rank = new Map<string, number>();
  for (const column of [...byColumn.keys()].toSorted((a, b) => a - b)) {
    const names = byColumn.get(column)!;
    const middle = (name: string): number => {
      const ranks = links
        .filter(({ child }) => child === name)
        .flatMap(({ parent }) => rank.get(parent) ?? []);
      return ranks.length === 0 ? 0 : ranks.reduce((sum, value) => sum + value, 0) / ranks.length;
    };
    names.sort((a, b) => middle(a) - middle(b) || (a < b ? -1 : 1));
    for (const [index, name] of names.entries()) rank.set(name, index);
  }
}

/** Where an arrow leaves or enters a box. */
function portOf({ y }: GraphNode, index: number, count: number): number {
  const gap = Math.min(PORT_GAP, (NODE_HEIGHT - 10) / Math.max(count, 1));
  return y + NODE_HEIGHT / 2 + (index - (count - 1) / 2) * gap;
}

/** Arrows of one side of a box stand this far apart. */
const PORT_GAP = 11;

function edgeOf(
  link: DependencyLink,
  placed: ReadonlyMap<string, GraphNode>,
  links: readonly DependencyLink[],
): GraphEdge {
  const from = placed.get(link.parent)!;
  const to = placed.get(link.child)!;
  const goesOn = ({ parent, child }: DependencyLink): boolean => placed.get(parent)!.x < placed.get(child)!.x;
  const out = links.filter((other) => other.parent === link.parent && goesOn(other));
  const into = links.filter((other) => other.child === link.child && goesOn(other));
  const y1 = portOf(
    from,
    out.toSorted((a, b) => placed.get(a.child)!.y - placed.get(b.child)!.y).indexOf(link),
    out.length,
  );
  const y2 = portOf(
    to,
    into.toSorted((a, b) => placed.get(a.parent)!.y - placed.get(b.parent)!.y).indexOf(link),
    into.length,
  );
  if (from.x < to.x) {
    const x1 = from.x + from.width;
    const x2 = to.x - 8;
    const bend = Math.max(40, (x2 - x1) / 2);
    const isLong = to.x - from.x > from.width + COLUMN_GAP + 1;
    const round = (y2 > y1 ? 1 : -1) * (NODE_HEIGHT + 24);
    return {
      link,
      // An arrow over a whole column goes round the boxes that stand there.
      path: isLong
        ? `M${x1} ${y1} C${x1 + 60} ${y1 + round} ${x2 - 60} ${y2 + round} ${x2} ${y2}`
        : `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`,
      x: (x1 + x2) / 2,
      y: (y1 + y2) / 2 - 6 + (isLong ? round * 0.75 : 0),
    };
  }
  // Back, or to itself: round below.
  const x1 = from.x + from.width * 0.7;
  const x2 = to.x + to.width * 0.3;
  const bottom = Math.max(from.y, to.y) + NODE_HEIGHT;
  return {
    link,
    path: `M${x1} ${from.y + NODE_HEIGHT} C${x1} ${bottom + 40} ${x2} ${bottom + 40} ${x2} ${to.y + NODE_HEIGHT + 8}`,
    x: (x1 + x2) / 2,
    y: bottom + 26,
  };
}
