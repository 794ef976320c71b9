import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { fetchList } from '../../data/api.js';
import type { TraceList } from '../../data/api.js';
import { gatherLines } from '../../data/gather-lines.js';
import { listenLive } from '../../data/live.js';
import type { LiveChange } from '../../data/live.js';
import { createRefresher } from '../../data/refresher.js';
import { listParameters } from '../../model/list-query.js';
import type { ListForm } from '../../model/list-query.js';

/** So many lines are asked for at a time. */
const PAGE_SIZE = 50;
/** Missed traces are not counted beyond. */
const MOST_MISSED = 10_000;
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
            const list = await gatherLines(wanted.current, (page) =>
              fetchList(listParameters(form, { nowMs: Date.now(), ...page }), signal),
            );
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
        if (!paused.current) refresher.soon();
        else
          setMissedIds((known) =>
            known.size >= MOST_MISSED ? known : new Set([...known, ...change.changed]),
          );
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
      // At once: a change may come before the next drawing.
      paused.current = value;
      setPaused(value);
      setMissedIds(new Set());
      if (!value) refresher.now();
      // What is on its way would move the list after the pause.
      else if (answer) refresher.stop();
    },
    more: () => void more(),
    refresh: refresher.now,
    fail,
  };
}
