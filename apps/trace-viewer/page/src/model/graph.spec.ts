import { expect, it } from 'vitest';
import { busiest, layOutGraph } from './graph.js';
import type { GraphNode } from './graph.js';
import { NODE_HEIGHT } from './graph-layers.js';

const link = (parent: string, child: string) => ({ parent, child, callCount: 1 });

it('puts callers left of callees, also in a circle', () => {
  const { nodes, edges } = layOutGraph([link('a', 'b'), link('b', 'c'), link('a', 'c'), link('c', 'a')]);
  const x = (name: string) => nodes.find((node) => node.name === name)!.x;
  expect(x('a')).toBeLessThan(x('b'));
  expect(x('b')).toBeLessThan(x('c'));
  expect(edges).toHaveLength(4);
});

it('gives every service a place of its own inside the picture', () => {
  const links = Array.from({ length: 9 }, (_, i) => link('hub', `leaf ${i}`));
  const { nodes, width, height } = layOutGraph([...links, link('self', 'self')]);
  expect(new Set(nodes.map((node) => `${node.x} ${node.y}`)).size).toBe(11);
  for (const node of nodes) {
    expect(node.x + node.width).toBeLessThanOrEqual(width);
    expect(node.y).toBeGreaterThanOrEqual(0);
    expect(node.y).toBeLessThan(height);
  }
});

it('is empty without a call', () => {
  expect(layOutGraph([])).toMatchObject({ nodes: [], edges: [] });
});

it('takes a long chain of services', () => {
  const links = Array.from({ length: 5000 }, (_, i) => link(`s${i}`, `s${i + 1}`));
  expect(layOutGraph(links.slice(0, 300)).nodes).toHaveLength(301);
});

it('leads an arrow over a column between the services there, not below them', () => {
  const links = [link('a', 'b'), link('b', 'c'), link('a', 'c')];
  const { nodes, edges } = layOutGraph(links);
  const middle = nodes.find(({ name }) => name === 'b')!;
  const [, straight] = /L([\d.]+ [\d.]+)/.exec(edges[2]!.path)!;
  const y = Number(straight!.split(' ')[1]);
  expect(y < middle.y || y > middle.y + NODE_HEIGHT).toBe(true);
});

it('stays as wide as its columns need, and lets no service stand on another', () => {
  const names = Array.from({ length: 15 }, (_, i) => `service-${i}`);
  const links = names.flatMap((name, i) =>
    [i + 1, i + 3, i + 7].filter((to) => to < 15 && i < 5).map((to) => link(name, names[to]!)),
  );
  const { nodes, width } = layOutGraph(links);
  expect(width).toBeLessThan(1500);
  const isOver = (a: GraphNode, b: GraphNode) =>
    a !== b && Math.abs(a.x - b.x) < 60 && Math.abs(a.y - b.y) <= NODE_HEIGHT;
  expect(nodes.filter((a) => nodes.some((b) => isOver(a, b)))).toEqual([]);
});

it('draws what calls itself, and both of two that call each other', () => {
  const { edges, nodes } = layOutGraph([link('a', 'a'), link('a', 'b'), link('b', 'a')]);
  expect(edges).toHaveLength(3);
  expect(nodes).toHaveLength(2);
  for (const { path } of edges) expect(path).not.toContain('NaN');
});

it('takes services that all call each other', () => {
  const names = Array.from({ length: 60 }, (_, i) => `s${i}`);
  const links = names.flatMap((a) => names.filter((b) => b !== a).map((b) => link(a, b)));
  expect(layOutGraph(links).edges).toHaveLength(60 * 59);
});

it('draws the busiest of very many calls', () => {
  const links = Array.from({ length: 4000 }, (_, i) => ({
    parent: `p${i % 40}`,
    child: `c${i}`,
    callCount: i,
  }));
  const drawn = busiest(links);
  expect(drawn.map(({ callCount }) => callCount)).toEqual(Array.from({ length: 500 }, (_, i) => 3500 + i));
  expect(busiest(drawn)).toBe(drawn);
});
