import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { clearTraces } from '../../data/api.js';
import { clearLocalTraces } from '../../data/local-traces.js';
import { isFiltered, readListForm, writeListForm } from '../../model/list-query.js';
import type { ListForm } from '../../model/list-query.js';
import { writeRoute } from '../../model/route.js';
import { sortTraces } from '../../model/sort-traces.js';
import { rememberList } from '../last-list.js';
import { navigate } from '../location.js';
import { useKeys } from '../use-keys.js';
import { useLocalTraces } from '../use-local-traces.js';
import { LiveBar } from './live-bar.js';
import { NothingYet } from './nothing-yet.js';
import { SearchForm } from './search-form.js';
import { addressOf, TraceList } from './trace-list.js';
import { useList } from './use-list.js';

/** All traces that fit, the newest first, as they come. */
export function ListPage({ search }: { readonly search: string }) {
  const form = useMemo(() => readListForm(new URLSearchParams(search)), [search]);
  const list = useList(form);
  const [cursor, setCursor] = useState<string>();
  const local = useLocalTraces();
  const root = useRef<HTMLElement>(null);
  const fromFiles = useMemo(
    () =>
      sortTraces(
        local.map(({ summary }) => summary),
        form.sort,
      ),
    [local, form.sort],
  );
  const traces = useMemo(() => sortTraces(list.traces ?? [], form.sort), [list.traces, form.sort]);
  const shown = [...fromFiles, ...traces];
  useSlowTick();
  useEffect(() => {
    document.title = 'Traces';
  }, []);
  useEffect(() => rememberList(search), [search]);
  // Files are opened from wherever the list has been scrolled to.
  useEffect(() => {
    if (local.length > 0) root.current?.scrollTo(0, 0);
  }, [local]);

  const select = (index: number): void => {
    const at = Math.min(Math.max(index, 0), shown.length - 1);
    const trace = shown[at];
    if (!trace) return;
    setCursor(addressOf(trace));
    root.current?.querySelectorAll<HTMLElement>('.trace')[at]?.focus();
  };
  useKeys('list', (command) => {
    const at = shown.findIndex((trace) => addressOf(trace) === cursor);
    if (command === 'next') select(at + 1);
    else if (command === 'previous') select(at === -1 ? 0 : at - 1);
    else if (command === 'first') select(0);
    else if (command === 'last') select(shown.length - 1);
    else if (command === 'open' && cursor !== undefined) navigate(cursor);
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
    list.refresh();
  };

  return (
    <main class="list-page" ref={root}>
      <SearchForm key={search} form={form} onSearch={searchFor} />
      <LiveBar
        list={list}
        shown={shown.length}
        sort={form.sort}
        onSort={(sort) => searchFor({ ...form, sort })}
        onClear={clear}
      />
      {list.problem !== undefined && (
        <div class="notice bad" role="alert">
          <span class="said">{list.problem}</span>
          <button type="button" onClick={list.refresh}>
            Try again
          </button>
        </div>
      )}
      {fromFiles.length > 0 && (
        <section>
          <h2 class="list-title">
            From files, in this tab only
            <button type="button" class="plain" onClick={clearLocalTraces}>
              Forget them
            </button>
          </h2>
          <TraceList traces={fromFiles} cursor={cursor} onCursor={setCursor} />
        </section>
      )}
      {traces.length > 0 && <TraceList traces={traces} cursor={cursor} onCursor={setCursor} />}
      {list.next !== undefined && (
        <button type="button" class="load-more" onClick={list.more}>
          Load older traces
        </button>
      )}
      {list.traces?.length === 0 && local.length === 0 && (
        <NothingYet isFiltered={isFiltered(form)} onReset={() => navigate(writeRoute({ page: 'list' }))} />
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

function searchFor(form: ListForm): void {
  navigate(writeRoute({ page: 'list' }, writeListForm(form)));
}
