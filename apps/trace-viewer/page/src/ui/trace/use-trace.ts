import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { fetchTraceText } from '../../data/api.js';
import { listenLive } from '../../data/live.js';
import { layOutSpans, readTrace } from '../../data/load-trace.js';
import type { LoadedTrace } from '../../data/load-trace.js';
import { localTrace } from '../../data/local-traces.js';

/** While spans come, the trace is read again after this long, or after five times what reading it took. */
const LEAST_PAUSE_MS = 400;
/** Spans that came within this time, milliseconds, mean that more may. */
const ARRIVING_MS = 3000;

/** A trace on its way. */
export interface TraceState {
  readonly state: 'loading' | 'missing' | 'failed' | 'ready';
  readonly loaded: LoadedTrace | undefined;
  readonly problem: string | undefined;
  /** Whether spans have come a moment ago. */
  readonly isArriving: boolean;
  /** The file it came from, if it did. */
  readonly fileName: string | undefined;
  retry(): void;
}

/** Reads a trace, and again whenever spans of it arrive. */
export function useTrace(traceId: string): TraceState {
  const local = localTrace(traceId);
  const [loaded, setLoaded] = useState<LoadedTrace | undefined>(() => local && layOutSpans(local.spans));
  const [state, setState] = useState<TraceState['state']>(local ? 'ready' : 'loading');
  const [problem, setProblem] = useState<string>();
  const [isArriving, setArriving] = useState(false);
  const lastText = useRef<string>(undefined);
  const pauseMs = useRef(LEAST_PAUSE_MS);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asking = useRef<AbortController>(undefined);

  const load = useCallback(async () => {
    clearTimeout(waiting.current);
    waiting.current = undefined;
    asking.current?.abort();
    const { signal } = (asking.current = new AbortController());
    const startedAt = performance.now();
    try {
      const text = await fetchTraceText(traceId, signal);
      if (signal.aborted) return;
      setProblem(undefined);
      if (text === undefined) {
        // What is on the screen stays there: the server may have forgotten it, the reader has not.
        setState((current) => (current === 'ready' ? current : 'missing'));
      } else if (text !== lastText.current) {
        lastText.current = text;
        setLoaded(readTrace(text));
        setState('ready');
      }
    } catch (error) {
      if (signal.aborted) return;
      setProblem(error instanceof Error ? error.message : String(error));
      setState((current) => (current === 'ready' ? current : 'failed'));
    } finally {
      pauseMs.current = Math.max(LEAST_PAUSE_MS, (performance.now() - startedAt) * 5);
    }
  }, [traceId]);

  useEffect(() => {
    if (local) return undefined;
    let quiet: ReturnType<typeof setTimeout> | undefined;
    void load();
    const stop = listenLive({
      onChange: ({ changed, more }) => {
        if (!changed.includes(traceId) && !more) return;
        waiting.current ??= setTimeout(() => void load(), pauseMs.current);
        if (!changed.includes(traceId)) return;
        setArriving(true);
        clearTimeout(quiet);
        quiet = setTimeout(() => setArriving(false), ARRIVING_MS);
      },
    });
    return () => {
      stop();
      clearTimeout(quiet);
      clearTimeout(waiting.current);
      asking.current?.abort();
    };
  }, [load, local, traceId]);

  return {
    state,
    loaded,
    problem,
    isArriving,
    fileName: local?.fileName,
    retry: () => {
      setState('loading');
      void load();
    },
  };
}
