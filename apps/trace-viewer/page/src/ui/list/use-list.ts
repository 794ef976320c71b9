import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { fetchList } from '../../data/api.js';
import type { ListedTrace } from '../../data/api.js';
import { listenLive } from '../../data/live.js';
import type { LiveChange } from '../../data/live.js';
import { listParameters } from '../../model/list-query.js';
import type { ListForm } from '../../model/list-query.js';

/** Most lines of one answer. */
const PAGE_SIZE = 50;
/** The list is asked for again this often at most, milliseconds: it may change many times a second. */
const LEAST_PAUSE_MS = 500;

/** The list as it stands. */
export interface ListState {
  /** Undefined until the first answer. */
  readonly traces: readonly ListedTrace[] | undefined;
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
}

/** Asks for the list, and again whenever the server says that it has changed, unless paused. */
export function useList(form: ListForm): ListState {
  const [answer, setAnswer] = useState<{ traces: readonly ListedTrace[]; next?: string }>();
  const [problem, setProblem] = useState<string>();
  const [isConnected, setConnected] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const [missedIds, setMissedIds] = useState<ReadonlySet<string>>(new Set());
  const [stored, setStored] = useState<ListState['stored']>();
  const wanted = useRef(PAGE_SIZE);
  const asking = useRef<AbortController>(undefined);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const paused = useRef(isPaused);
  paused.current = isPaused;

  const ask = useCallback(async () => {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    asking.current?.abort();
    const { signal } = (asking.current = new AbortController());
    try {
      const limit = Math.min(wanted.current, 200);
      setAnswer(await fetchList(listParameters(form, { nowMs: Date.now(), limit }), signal));
      setProblem(undefined);
    } catch (error) {
      if (!signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    }
  }, [form]);

  useEffect(() => {
    wanted.current = PAGE_SIZE;
    void ask();
    return () => {
      asking.current?.abort();
      clearTimeout(waiting.current);
      waiting.current = undefined;
    };
  }, [ask]);

  useEffect(
    () =>
      listenLive({
        onState: setConnected,
        onChange: (change) => {
          setStored({ traces: change.traces, spans: change.spans });
          if (change.changed.length === 0 && !change.more && !change.cleared) return;
          if (paused.current) {
            setMissedIds((known) => new Set([...known, ...change.changed]));
            return;
          }
          waiting.current ??= setTimeout(() => void ask(), LEAST_PAUSE_MS);
        },
      }),
    [ask],
  );

  return {
    traces: answer?.traces,
    next: answer?.next,
    problem,
    isConnected,
    isPaused,
    missed: missedIds.size,
    stored,
    setPaused: (value) => {
      setPaused(value);
      setMissedIds(new Set());
      if (!value) void ask();
    },
    more: async () => {
      if (answer?.next === undefined) return;
      try {
        const { signal } = new AbortController();
        const page = await fetchList(
          listParameters(form, { nowMs: Date.now(), limit: PAGE_SIZE, before: answer.next }),
          signal,
        );
        wanted.current += PAGE_SIZE;
        setAnswer({ ...page, traces: [...answer.traces, ...page.traces] });
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    },
    refresh: () => void ask(),
  };
}
