import type { ZpagesCore } from '../../query.js';
import type { PageContent, PageRequest } from '../page.js';
import { fitting } from '../within.js';
import { ask } from './ask.js';
import type { TraceUrl } from './links.js';
import { RESERVED_BYTES } from './reserved.js';
import { show } from './shown.js';
import { traceText } from './text-views.js';
import { traceView } from './trace-view.js';
import type { TraceData } from './trace-view.js';

/** The page of one trace in each format. */
export function traceContent(
  core: ZpagesCore,
  traceId: string,
  { root, maxBytes, sensitive }: PageRequest,
  traceUrl: TraceUrl | undefined,
): PageContent {
  const room = maxBytes - RESERVED_BYTES;
  const answer = ask(core, { kind: 'trace', traceId });
  const data: TraceData = {
    traceId,
    spans: answer.spans.map((span) => show(span, sensitive)),
    spansLeftOut: answer.spansLeftOut,
    spansNotKept: answer.spansNotKept,
    whole: answer.whole,
  };
  return {
    title: `trace ${traceId.slice(0, 8)} · tracez`,
    html: () => traceView(data, root, traceUrl, room),
    text: () => traceText(data, room),
    json: () => {
      const { items, omitted } = fitting(data.spans, room);
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
