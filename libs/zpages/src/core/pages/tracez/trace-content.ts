import { mapInSlices, nextTurn } from '../../http/in-slices.js';
import type { ZpagesCore } from '../../query.js';
import type { PageContent, PageRequest } from '../page.js';
import { fittingInSlices } from '../within.js';
import { ask } from './ask.js';
import type { TraceUrl } from './links.js';
import { RESERVED_BYTES } from './reserved.js';
import { show } from './shown.js';
import { traceText } from './text-views.js';
import { traceView } from './trace-view.js';
import type { TraceData } from './trace-view.js';

/** The page of one trace in each format. */
export async function traceContent(
  core: ZpagesCore,
  traceId: string,
  { root, maxBytes, sensitive }: PageRequest,
  traceUrl: TraceUrl | undefined,
): Promise<PageContent> {
  const room = maxBytes - RESERVED_BYTES;
  const answer = ask(core, { kind: 'trace', traceId });
  // The answer took its time already.
  await nextTurn();
  const data: TraceData = {
    traceId,
    spans: await mapInSlices(answer.spans, (span) => show(span, sensitive)),
    spansLeftOut: answer.spansLeftOut,
    spansNotKept: answer.spansNotKept,
    whole: answer.whole,
  };
  return {
    title: `trace ${traceId.slice(0, 8)} · tracez`,
    html: () => traceView(data, root, traceUrl, room),
    text: () => traceText(data, room),
    json: async () => {
      const { items, omitted } = await fittingInSlices(data.spans, room);
      return {
        nowUnixMs: answer.nowUnixMs,
        traceId,
        url: traceUrl?.(traceId),
        whole: data.whole,
        spans: items,
        spansOmitted: omitted + data.spansLeftOut,
        spansNotKept: data.spansNotKept,
      };
    },
  };
}
