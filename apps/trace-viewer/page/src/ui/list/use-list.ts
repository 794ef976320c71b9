import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { fetchList } from '../../data/api.js';
import type { TraceList } from '../../data/api.js';
import { listenLive } from '../../data/live.js';
import type { LiveChange } from '../../data/live.js';
import { createRefresher } from '../../data/refresher.js';
import { listParameters } from '../../model/list-query.js';
import type { ListForm } from '../../model/list-query.js';

/** Most lines of one answer. */
const PAGE_SIZE = 50;
const MOST_AT_ONCE = 200;
/** The list is asked for again this often at most, milliseconds: it may change many times a second. */
const LEAST_PAUSE_MS = 500;

/** The list as it stands. */
export interface ListState {
  /** Undefined until the first answer. */
  readonly traces: TraceList['traces'] | undefined;
  readonly next: string | undefined;
  readonly problem: string | undefined;
  readonly isConnected: boolean;
  readonly isPaused: boolean;
  /** Traces that changed while the list was paused. */
  readonly missed: number;
  readonly stored: Pick<LiveChange, 'traces' | 'spans'> | undefined;
  setPaused(isPaused: boolean): void;
  more(): void;
  refresh(): void;
  fail(error: unknown): void;
}

/** Asks for the list, and again whenever the server says that it has changed, unless paused. */
export function useList(form: ListForm): ListState {
  const [answer, setAnswer] = useState<TraceList>();
  const [problem, setProblem] = useState<string>();
  const [isConnected, setConnected] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const [missedIds, setMissedIds] = useState<ReadonlySet<string>>(new Set());
  const [stored, setStored] = useState<ListState['stored']>();
  const wanted = useRef(PAGE_SIZE);
  const paused = useRef(isPaused);
  paused.current = isPaused;
  const fail = (error: unknown): void => setProblem(error instanceof Error ? error.message : String(error));

  const refresher = useMemo(
    () =>
      createRefresher(
        async (signal) => {
          try {
            const limit = Math.min(wanted.current, MOST_AT_ONCE);
            const list = await fetchList(listParameters(form, { nowMs: Date.now(), limit }), signal);
            if (signal.aborted) return;
            setAnswer(list);
            setProblem(undefined);
          } catch (error) {
            if (!signal.aborted) fail(error);
          }
        },
        { pauseMs: LEAST_PAUSE_MS },
      ),
    [form],
  );
  useEffect(() => {
    wanted.current = PAGE_SIZE;
    refresher.now();
    const stop = listenLive({
      onState: setConnected,
      onChange: (change) => {
        setStored({ traces: change.traces, spans: change.spans });
        if (change.changed.length === 0 && !change.more && !change.cleared) return;
        if (paused.current) setMissedIds((known) => new Set([...known, ...change.changed]));
        else refresher.soon();
      },
    });
    return () => {
      stop();
      refresher.stop();
    };
  }, [refresher]);

  const more = async (): Promise<void> => {
    if (answer?.next === undefined) return;
    try {
      const parameters = listParameters(form, { nowMs: Date.now(), limit: PAGE_SIZE, before: answer.next });
      const page = await fetchList(parameters, AbortSignal.timeout(30_000));
      wanted.current += PAGE_SIZE;
      setAnswer({ ...page, traces: [...answer.traces, ...page.traces] });
    } catch (error) {
      fail(error);
    }
  };
  return {
    traces: answer?.traces,
    next: answer?.next,
    problem,
    isConnected,
    isPaused,
    missed: missedIds.size,
    stored,
    setPaused: (value) => {
      paused.current = value;
      setPaused(value);
      setMissedIds(new Set());
      if (!value) refresher.now();
      // An answer on its way would move what was to stand still. The first one is waited for.
      else if (answer !== undefined) refresher.stop();
    },
    more: () => void more(),
    refresh: refresher.now,
    fail,
  };
}
