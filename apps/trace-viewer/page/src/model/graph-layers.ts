import type { DependencyLink } from '@distrace/zipkin';
import type { Columns } from './graph-columns.js';

/** What has a place in a column: a service, or the way of an arrow past it. */
export interface Item {
  readonly name?: string;
  readonly column: number;
  /** Neighbours in the column before and after. */
  readonly before: Item[];
  readonly after: Item[];
  /** Place in its column. */
  index: number;
  /** Middle, in units of the drawing. */
  y: number;
}

/** An arrow and what it goes through, from the left to the right whichever way it points. */
export interface Route {
  readonly link: DependencyLink;
  readonly isBack: boolean;
  readonly items: readonly Item[];
}

/** Columns from left to right, and the arrows through them. */
export interface Layers {
  readonly columns: readonly (readonly Item[])[];
  readonly routes: readonly Route[];
}

/** With more ways past services than this nobody could follow one anyway: arrows then go straight. */
const MOST_BENDS = 3000;
const SWEEPS = 8;
export const NODE_HEIGHT = 34;
const NODE_GAP = 28;
const BEND_HEIGHT = 15;

/** Gives each arrow a way between the services, with few crossings. An arrow to itself has no route. */
export function layOutLayers(
  names: readonly string[],
  links: readonly DependencyLink[],
  columns: Columns,
): Layers {
  const layers: Item[][] = [];
  const items = new Map<string, Item>();
  const add = (column: number, name?: string): Item => {
    const item: Item = { column, before: [], after: [], index: 0, y: 0, ...(name !== undefined && { name }) };
    (layers[column] ??= []).push(item);
    return item;
  };
  for (const name of names) items.set(name, add(columns.of.get(name)!, name));
  const between = links.filter(({ parent, child }) => parent !== child);
  const stepsOf = ({ parent, child }: DependencyLink): number =>
    Math.abs(columns.of.get(child)! - columns.of.get(parent)!);
  const canBend = between.reduce((sum, link) => sum + stepsOf(link) - 1, 0) <= MOST_BENDS;
  const routes = between.map((link): Route => {
    const isBack = columns.back.has(link);
    const [from, to] = isBack ? [link.child, link.parent] : [link.parent, link.child];
    const way = [items.get(from)!];
    if (canBend) for (let step = 1; step < stepsOf(link); step++) way.push(add(way[0]!.column + step));
    way.push(items.get(to)!);
    for (const [at, item] of way.entries()) {
      if (at === 0) continue;
      way[at - 1]!.after.push(item);
      item.before.push(way[at - 1]!);
    }
    return { link, isBack, items: way };
  });
  orderColumns(layers);
  placeColumns(layers);
  return { columns: layers, routes };
}

/** Puts each item at the middle of its neighbours, there and back a few times, which keeps arrows from crossing. */
function orderColumns(layers: readonly Item[][]): void {
  const sort = (column: Item[], side: 'before' | 'after'): void => {
    const wanted = new Map(
      column.map((item) => [item, item[side].length === 0 ? item.index : meanOf(item[side], 'index')]),
    );
    column.sort((a, b) => wanted.get(a)! - wanted.get(b)!);
    for (const [index, item] of column.entries()) item.index = index;
  };
  for (const column of layers) for (const [index, item] of column.entries()) item.index = index;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of layers) sort(column, 'before');
    for (const column of layers.toReversed()) sort(column, 'after');
  }
}

/** Gives items a height: as near to their neighbours as what is above and below them allows. */
function placeColumns(layers: readonly Item[][]): void {
  for (const column of layers) spread(column, () => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const column of layers) spread(column, ({ before, y }) => meanOf(before, 'y', y));
    for (const column of layers.toReversed()) spread(column, ({ after, y }) => meanOf(after, 'y', y));
  }
}

/** Moves items to where they want to be, none over another: those that would overlap share their mean. */
function spread(column: readonly Item[], wanted: (item: Item) => number): void {
  interface Block {
    readonly items: Item[];
    /** Distance of each item's middle from the first one's. */
    readonly offsets: number[];
    sum: number;
  }
  const blocks: Block[] = [];
  const startOf = ({ sum, items }: Block): number => sum / items.length;
  for (const item of column) {
    let block: Block = { items: [item], offsets: [0], sum: wanted(item) };
    for (let last = blocks.at(-1); last; last = blocks.at(-1)) {
      const gap = last.offsets.at(-1)! + distance(last.items.at(-1)!, block.items[0]!);
      if (startOf(last) + gap <= startOf(block)) break;
      blocks.pop();
      block = {
        items: [...last.items, ...block.items],
        offsets: [...last.offsets, ...block.offsets.map((offset) => offset + gap)],
        sum: last.sum + block.sum - gap * block.items.length,
      };
    }
    blocks.push(block);
  }
  for (const block of blocks) {
    for (const [at, item] of block.items.entries()) item.y = startOf(block) + block.offsets[at]!;
  }
}

function distance(above: Item, below: Item): number {
  return (heightOf(above) + heightOf(below)) / 2;
}

function heightOf({ name }: Item): number {
  return name === undefined ? BEND_HEIGHT : NODE_HEIGHT + NODE_GAP;
}

function meanOf(items: readonly Item[], key: 'index' | 'y', otherwise = 0): number {
  if (items.length === 0) return otherwise;
  return items.reduce((sum, item) => sum + item[key], 0) / items.length;
}
