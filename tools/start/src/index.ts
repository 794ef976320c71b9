/** The golden tree as data, and the comparison of a trace with it. */
export { expectedOrder, expectedTree, FLAG_WORDS, MIN_CHUNKS, TAGS_OF_EVERY_SPAN } from './golden-tree.ts';
export type { Edge, ExpectedOrder, ExpectedSpan } from './golden-tree.ts';
export { checkTrace } from './check-trace.ts';
export type { CheckOptions, TraceCheck } from './check-trace.ts';
/** The spans that services with `disk(…)` exporters have written. */
export { parseSpool, readSpool } from './spool.ts';
export type { SpoolRead } from './spool.ts';
/** Tasks over the client's HTTP interface. */
export { submitTask } from './submit.ts';
export type { DoneTask, SubmitOptions, TaskResult } from './submit.ts';
/** What `npm start` builds, when it is not built yet. */
export { buildWorkspace } from './build.ts';
export type { BuildOptions } from './build.ts';
