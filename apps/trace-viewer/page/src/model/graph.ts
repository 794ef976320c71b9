import type { DependencyLink } from '@distrace/zipkin';
import { findColumns } from './graph-columns.js';
import { layOutLayers, NODE_HEIGHT } from './graph-layers.js';
import type { Item, Layers, Route } from './graph-layers.js';

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

/** A picture of more arrows is a black spot, and takes seconds to lay out. */
const MOST_LINKS = 500;

/** Longer names are cut. */
export const MOST_LETTERS = 24;
const LETTER_WIDTH = 8;
const COLUMN_GAP = 80;
const MARGIN = 26;
/** An arrow's head. */
const HEAD = 8;
/** Arrows of one side of a box stand this far apart. */
const PORT_GAP = 10;
/** Numbers stand above arrows that go on and below those that go back. */
const LABEL_GAP = 8;

/** Callers left of callees, a column per step from a service that nobody calls. An arrow over a column goes between
 * its services; one that closes a circle goes back. */
export function layOutGraph(links: readonly DependencyLink[]): Graph {
  const names = [...new Set(links.flatMap(({ parent, child }) => [parent, child]))].toSorted();
  const layers = layOutLayers(names, links, findColumns(names, links));
  const all = layers.columns.flat();
  const top = Math.min(0, ...all.map(({ y }) => y)) - NODE_HEIGHT / 2 - MARGIN;
  for (const item of all) item.y -= top;
  const bottom = Math.max(0, ...all.map(({ y }) => y)) + NODE_HEIGHT / 2 + MARGIN;
  const columns = placeInX(layers);
  const last = columns.at(-1);
  const nodes = new Map<string, GraphNode>();
  for (const { name, column, y } of all) {
    if (name === undefined) continue;
    const width = widthOf(name);
    const x = columns[column]!.x + (columns[column]!.width - width) / 2;
    nodes.set(name, { name, x, width, y: y - NODE_HEIGHT / 2 });
  }
  const ports = findPorts(layers);
  const loops = links.filter(({ parent, child }) => parent === child);
  return {
    nodes: [...nodes.values()],
    edges: [
      ...layers.routes.map((route) =>
        edgeOf(
          route,
          (item) => (item.name === undefined ? columns[item.column]! : nodes.get(item.name)!),
          ports,
        ),
      ),
      ...loops.map((link) => loopOf(link, nodes.get(link.parent)!)),
    ],
    width: last ? last.x + last.width + MARGIN : 0,
    height: last ? bottom : 0,
  };
}

/** Of many calls those that were made most often, in the order in which they came. */
export function busiest(links: readonly DependencyLink[]): readonly DependencyLink[] {
  if (links.length <= MOST_LINKS) return links;
  const kept = new Set(links.toSorted((a, b) => b.callCount - a.callCount).slice(0, MOST_LINKS));
  return links.filter((link) => kept.has(link));
}

type Column = Pick<GraphNode, 'x' | 'width'>;

function placeInX({ columns }: Layers): Column[] {
  let x = MARGIN;
  return columns.map((column) => {
    const width = Math.max(...column.map(({ name = '' }) => widthOf(name)));
    const place = { x, width };
    x += width + COLUMN_GAP;
    return place;
  });
}

function widthOf(name: string): number {
  return Math.max(76, Math.min(name.length, MOST_LETTERS) * LETTER_WIDTH + 28);
}

/** Where each arrow leaves and enters its two boxes, in the order in which it comes to them. */
function findPorts({ routes }: Layers): Map<Route, readonly [left: number, right: number]> {
  const bySide = new Map<Item, Record<'left' | 'right', Route[]>>();
  const sidesOf = (item: Item) => {
    let sides = bySide.get(item);
    if (!sides) bySide.set(item, (sides = { left: [], right: [] }));
    return sides;
  };
  for (const route of routes) {
    sidesOf(route.items[0]!).right.push(route);
    sidesOf(route.items.at(-1)!).left.push(route);
  }
  for (const { left, right } of bySide.values()) {
    sortPorts(right, ({ items }) => items[1]!);
    sortPorts(left, ({ items }) => items.at(-2)!);
  }
  return new Map(
    routes.map((route) => {
      const [first, last] = [route.items[0]!, route.items.at(-1)!];
      return [
        route,
        [portOf(first.y, sidesOf(first).right, route), portOf(last.y, sidesOf(last).left, route)],
      ];
    }),
  );
}

function sortPorts(side: Route[], next: (route: Route) => Item): void {
  side.sort((a, b) => next(a).y - next(b).y || Number(a.isBack) - Number(b.isBack));
}

function portOf(y: number, side: readonly Route[], route: Route): number {
  const gap = Math.min(PORT_GAP, (NODE_HEIGHT - 8) / side.length);
  return y + (side.indexOf(route) - (side.length - 1) / 2) * gap;
}

function edgeOf(
  route: Route,
  placeOf: (item: Item) => Column,
  ports: ReadonlyMap<Route, readonly [left: number, right: number]>,
): GraphEdge {
  const { link, isBack, items } = route;
  const [left, right] = ports.get(route)!;
  const endOf = (item: Item): number => placeOf(item).x + placeOf(item).width;
  const [first, last] = [items[0]!, items.at(-1)!];
  const points: (readonly [x: number, y: number])[] = [[endOf(first) + (isBack ? HEAD : 0), left]];
  for (const item of items.slice(1, -1)) points.push([placeOf(item).x, item.y], [endOf(item), item.y]);
  points.push([placeOf(last).x - (isBack ? 0 : HEAD), right]);
  if (isBack) points.reverse();
  // Between two columns an arrow swings, past a column it goes straight.
  let path = `M${points[0]!.map(round).join(' ')}`;
  for (let at = 1; at < points.length; at++) {
    const [x, y] = points[at]!;
    const [fromX, fromY] = points[at - 1]!;
    const middle = round((fromX + x) / 2);
    path +=
      at % 2 === 1
        ? `C${middle} ${round(fromY)} ${middle} ${round(y)} ${round(x)} ${round(y)}`
        : `L${round(x)} ${round(y)}`;
  }
  const [a, b] = [points[0]!, points[1]!];
  return { link, path, x: (a[0] + b[0]) / 2, y: (a[1] + b[1]) / 2 + (isBack ? LABEL_GAP : -LABEL_GAP) };
}

/** An arrow to itself: over the box. */
function loopOf(link: DependencyLink, { x, y, width }: GraphNode): GraphEdge {
  const [from, to] = [x + width * 0.65, x + width * 0.35];
  return {
    link,
    path: `M${round(from)} ${y}C${round(from)} ${y - 22} ${round(to)} ${y - 22} ${round(to)} ${y - HEAD}`,
    x: x + width / 2,
    y: y - 17,
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
