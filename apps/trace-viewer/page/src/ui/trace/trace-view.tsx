import { correctClockSkew } from '@distrace/zipkin';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { copyText, downloadText } from '../../data/browser.js';
import type { LoadedTrace } from '../../data/load-trace.js';
import { toPerfetto } from '../../model/perfetto.js';
import type { PageFacts } from '../../model/row-services.js';
import { readRoute, writeRoute } from '../../model/route.js';
import { rewriteAddress } from '../location.js';
import { Toast, useToast } from '../toast.js';
import { SidePanel } from '../panel/side-panel.js';
import { Axis } from './axis.js';
import { Minimap } from './minimap-view.js';
import { Notices } from './notices-view.js';
import { Rows } from './rows.js';
import { Toolbar } from './toolbar.js';
import { TraceHead } from './trace-head.js';
import { useTraceKeys } from './use-trace-keys.js';
import { useTraceView } from './use-trace-view.js';

/** A trace that is there. */
export function TraceView({
  traceId,
  loaded,
  search,
  isArriving,
  fileName,
  problem,
}: {
  readonly traceId: string;
  readonly loaded: LoadedTrace;
  readonly search: string;
  readonly isArriving: boolean;
  readonly fileName: string | undefined;
  readonly problem: string | undefined;
}) {
  const trace = useTraceView(loaded, search, (view) => {
    const now = readRoute(location);
    // Somebody who has just left for another page must not find this one's address there.
    if (now.page !== 'trace' || now.traceId !== traceId || now.file !== fileName) return;
    rewriteAddress(writeRoute(now, view));
  });
  const searchField = useRef<HTMLInputElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const { model, cursorRow, isPanelOpen } = trace;
  const download = (): void => downloadText(loaded.json(), `trace-${traceId}.json`);
  const [toast, say] = useToast();
  const perfetto = (): void => {
    const whole = loaded.whole();
    const file = toPerfetto(trace.view.skew ? correctClockSkew(whole).tree : whole);
    downloadText(JSON.stringify(file), `trace-${traceId}.perfetto.json`);
    const left = file.otherData?.spansWithoutTime.length ?? 0;
    if (left > 0) say(`Without ${left === 1 ? 'a span that has' : `${left} spans that have`} no time`);
  };
  const copyLink = async (): Promise<void> =>
    say((await copyText(location.href)) ? 'Link copied' : 'The browser does not allow to copy');
  useTraceKeys(trace, { searchField, download, copyLink: () => void copyLink() });
  const title = useMemo((): Partial<PageFacts> => model.facts[0] ?? {}, [model]);
  useEffect(() => {
    document.title = `${title.name ?? traceId} · ${title.serviceName ?? 'trace'}`;
  }, [title, traceId]);
  const lost =
    trace.view.span !== undefined && !model.rowOfId.has(trace.view.span) ? trace.view.span : undefined;
  return (
    <main class={`trace-page ${isPanelOpen && cursorRow !== undefined ? 'with-panel' : ''}`}>
      <TraceHead
        traceId={traceId}
        title={title}
        model={model}
        totals={loaded.totals}
        isArriving={isArriving}
        fileName={fileName}
        onDownload={download}
        onPerfetto={perfetto}
      />
      {problem !== undefined && (
        <div class="notice bad" role="alert">
          <span class="said">{problem}</span>
        </div>
      )}
      <Notices model={model} totalSpans={loaded.totals.spans} onGo={(id) => trace.go(id, { open: true })} />
      {lost !== undefined && (
        <div class="notice" role="note">
          <span class="said">
            The span <code>{lost}</code> of this link is not{' '}
            {loaded.totals.spans > model.tree.size ? 'among those shown' : 'here'}.
          </span>
        </div>
      )}
      <Toast text={toast} />
      <Toolbar trace={trace} searchField={searchField} />
      <div class="trace-body">
        <div class="waterfall" ref={frame}>
          <Minimap trace={trace} />
          <Axis trace={trace} frame={frame} />
          <Rows trace={trace} />
        </div>
        {isPanelOpen && cursorRow !== undefined && (
          <SidePanel key={model.tree.nodes[cursorRow]!.span.id} trace={trace} row={cursorRow} />
        )}
      </div>
    </main>
  );
}
