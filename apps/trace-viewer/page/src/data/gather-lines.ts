import type { TraceList } from './api.js';

/** Most lines of one answer. */
const MOST_AT_ONCE = 200;

/** One answer's worth of lines. */
export interface LinesWanted {
  readonly limit: number;
  /** The `next` of the answer before. */
  readonly before?: string;
}

/** The first `count` lines of the list, by as many questions as that takes: an update must not take lines away that
 * were loaded. */
export async function gatherLines(
  count: number,
  ask: (wanted: LinesWanted) => Promise<TraceList>,
): Promise<TraceList> {
  let list = await ask({ limit: Math.min(count, MOST_AT_ONCE) });
  while (list.next !== undefined && list.traces.length < count) {
    const limit = Math.min(count - list.traces.length, MOST_AT_ONCE);
    const page = await ask({ limit, before: list.next });
    list = { ...page, traces: [...list.traces, ...page.traces] };
  }
  return list;
}
