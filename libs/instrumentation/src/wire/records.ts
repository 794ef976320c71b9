import type { ProbeRecord } from './edit-list.js';
import { displayName } from './naming.js';
import type { Naming } from './naming.js';
import type { Site } from './sites.js';

/** What a probe record says of the function itself. */
export type SiteRecord = Pick<ProbeRecord, 'function' | 'line' | 'flow'>;

/** How a function ends. */
export function flowOf({ fn }: Site): ProbeRecord['flow'] {
  if (fn.generator) return fn.async ? 'async-generator' : 'generator';
  return fn.async ? 'async' : 'sync';
}

/** The part of a probe record that the source alone decides. */
export function recordOf(site: Site, naming: Naming, lineOf: (offset: number) => number): SiteRecord {
  return { function: displayName(naming), line: lineOf(site.fn.start), flow: flowOf(site) };
}
