import type { Row } from '../measure.ts';
import { besideZipkinRows } from './beside-zipkin.ts';
import { ingestRows } from './ingest.ts';
import { memoryRows } from './memory.ts';
import { pageRows } from './page.ts';
import { treeRows } from './tree.ts';

/** The trace viewer, built and as a process of its own: its page in Chromium, trees, ingest, memory, and the real Zipkin. */
export async function viewer(): Promise<Row[]> {
  return [
    ...(await pageRows()),
    ...(await treeRows()),
    ...(await ingestRows()),
    ...(await memoryRows()),
    ...(await besideZipkinRows((line) => console.error(line))),
  ];
}
