import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { clearTraces } from '../../data/api.js';
import { clearLocalTraces, localSummaries } from '../../data/local-traces.js';
import { readListForm, writeListForm } from '../../model/list-query.js';
import { writeRoute } from '../../model/route.js';
import { navigate } from '../location.js';
import { useKeys } from '../use-keys.js';
import { LiveBar } from './live-bar.js';
import { NothingYet } from './nothing-yet.js';
import { SearchForm } from './search-form.js';
import { TraceList } from './trace-list.js';
import { useList } from './use-list.js';

/** All traces that fit, the newest first, as they come. */
export function ListPage({ search }: { readonly search: string }) {
  const form = useMemo(() => readListForm(new URLSearchParams(search)), [search]);
  const list = useList(form);
  const [cursor, setCursor] = useState<string>();
  const [local, setLocal] = useState(localSummaries);
  const root = useRef<HTMLElement>(null);
  const traces = list.traces ?? [];
  const shown = [...local, ...traces];
  useSlowTick();
  useEffect(() => {
    document.title = 'Traces';
  }, []);
  const isFiltered = writeListForm(form).size > 0;

  const select = (index: number): void => {
    const trace = shown[Math.min(Math.max(index, 0), shown.length - 1)];
    if (!trace) return;
    setCursor(trace.traceId);
    root.current?.querySelector<HTMLElement>(`[data-trace="${trace.traceId}"]`)?.focus();
  };
  useKeys('list', (command) => {
    const at = shown.findIndex(({ traceId }) => traceId === cursor);
    if (command === 'next') select(at + 1);
    else if (command === 'previous') select(at === -1 ? 0 : at - 1);
    else if (command === 'first') select(0);
    else if (command === 'last') select(shown.length - 1);
    else if (command === 'open' && cursor !== undefined)
      navigate(writeRoute({ page: 'trace', traceId: cursor }));
    else if (command === 'search') root.current?.querySelector<HTMLInputElement>('input[name=text]')?.focus();
    else if (command === 'pause') list.setPaused(!list.isPaused);
    else return false;
    return true;
  });

  const clear = async (): Promise<void> => {
    try {
      await clearTraces();
    } catch (error) {
      list.fail(error);
      return;
    }
    clearLocalTraces();
    setLocal([]);
    list.refresh();
  };

  return (
    <main class="list-page" ref={root}>
      <SearchForm
        key={search}
        form={form}
        onSearch={(next) => navigate(writeRoute({ page: 'list' }, writeListForm(next)))}
      />
      <LiveBar list={list} shown={shown.length} onClear={clear} />
      {list.problem !== undefined && (
        <div class="notice bad" role="alert">
          <span class="said">{list.problem}</span>
          <button type="button" onClick={list.refresh}>
            Try again
          </button>
        </div>
      )}
      {local.length > 0 && (
        <section>
          <h2 class="list-title">
            From files, in this tab only
            <button type="button" class="plain" onClick={() => (clearLocalTraces(), setLocal([]))}>
              Forget them
            </button>
          </h2>
          <TraceList traces={local} cursor={cursor} onCursor={setCursor} />
        </section>
      )}
      {traces.length > 0 && <TraceList traces={traces} cursor={cursor} onCursor={setCursor} />}
      {list.next !== undefined && (
        <button type="button" class="load-more" onClick={list.more}>
          Load older traces
        </button>
      )}
      {list.traces?.length === 0 && local.length === 0 && (
        <NothingYet isFiltered={isFiltered} onReset={() => navigate(writeRoute({ page: 'list' }))} />
      )}
    </main>
  );
}

/** Draws again now and then: times are told from now. */
function useSlowTick(): void {
  const [, tick] = useReducer((times: number) => times + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => tick(0), 10_000);
    return () => clearInterval(timer);
  }, []);
}
