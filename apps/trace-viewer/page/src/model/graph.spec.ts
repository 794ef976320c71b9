import { expect, it } from 'vitest';
import { layOutGraph } from './graph.js';

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
