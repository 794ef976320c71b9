/** Builds the tree of one shape again and again, in a process that has done nothing else before. */
import { buildTraceTree } from '@distrace/zipkin';
import { spansOfShape } from './shapes.ts';
import type { Shape } from './shapes.ts';

/** Milliseconds of each call. */
export interface TreeTimes {
  readonly cpu: readonly number[];
  readonly wall: readonly number[];
}

const CALLS = 8;
const [shape, count] = process.argv.slice(2);
const spans = spansOfShape(shape as Shape, Number(count));
const cpu: number[] = [];
const wall: number[] = [];
for (let call = 0; call < CALLS; call++) {
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  const { nodes } = buildTraceTree(spans);
  wall.push(performance.now() - wallBefore);
  const used = process.cpuUsage(cpuBefore);
  cpu.push((used.user + used.system) / 1000);
  if (nodes.length === 0) throw new Error('a tree of spans must have nodes');
}
process.send?.({ cpu, wall } satisfies TreeTimes);
