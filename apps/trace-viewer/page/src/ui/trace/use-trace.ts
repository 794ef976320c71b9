import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { fetchTraceText } from '../../data/api.js';
import { listenLive } from '../../data/live.js';
import { layOutSpans, readTrace } from '../../data/load-trace.js';
import type { LoadedTrace } from '../../data/load-trace.js';
import type { LocalTrace } from '../../data/local-traces.js';
import { createRefresher } from '../../data/refresher.js';

/** While spans come, the trace is read again after this long, or after five times what reading it took. */
const PAUSE = { pauseMs: 400, pauseTimes: 5 } as const;
/** Spans that came within this time, milliseconds, mean that more may. */
const ARRIVING_MS = 3000;

/** A trace on its way. */
export interface TraceState {
  readonly state: 'loading' | 'missing' | 'failed' | 'ready';
  readonly loaded: LoadedTrace | undefined;
  readonly problem: string | undefined;
  /** Whether spans have come a moment ago. */
  readonly isArriving: boolean;
  /** What came, as JSON, though it may be that it cannot be shown. */
  readonly json: (() => string) | undefined;
  retry(): void;
}

/** What is on the screen stays there: the server may have forgotten it, the reader has not. */
function unlessShown(next: 'missing' | 'failed') {
  return (current: TraceState['state']): TraceState['state'] => (current === 'ready' ? current : next);
}

/** Reads a trace, and again whenever spans of it arrive; one of a file stays as it is. */
export function useTrace(traceId: string, local: LocalTrace | undefined): TraceState {
  const [loaded, setLoaded] = useState<LoadedTrace | undefined>(() => local && layOutSpans(local.spans));
  const [state, setState] = useState<TraceState['state']>(local ? 'ready' : 'loading');
  const [problem, setProblem] = useState<string>();
  const [isArriving, setArriving] = useState(false);
  const lastText = useRef<string>(undefined);

  const refresher = useMemo(
    () =>
      createRefresher(async (signal) => {
        try {
          const text = await fetchTraceText(traceId, signal);
          if (signal.aborted) return;
          setProblem(undefined);
          if (text === undefined) setState(unlessShown('missing'));
          else if (text !== lastText.current) {
            lastText.current = text;
            setLoaded(readTrace(text));
            setState('ready');
          }
        } catch (error) {
          if (signal.aborted) return;
          setProblem(error instanceof Error ? error.message : String(error));
          setState(unlessShown('failed'));
        }
      }, PAUSE),
    [traceId],
  );
  useEffect(() => {
    if (local) return undefined;
    let quiet: ReturnType<typeof setTimeout> | undefined;
    refresher.now();
    const stop = listenLive({
      onChange: ({ changed, more }) => {
        const isOurs = changed.includes(traceId);
        if (isOurs || more) refresher.soon();
        if (!isOurs) return;
        setArriving(true);
        clearTimeout(quiet);
        quiet = setTimeout(() => setArriving(false), ARRIVING_MS);
      },
    });
    return () => {
      stop();
      clearTimeout(quiet);
      refresher.stop();
    };
  }, [refresher, local, traceId]);

  return {
    state,
    loaded,
    problem,
    isArriving,
    json: lastText.current === undefined ? undefined : () => lastText.current!,
    retry: () => {
      lastText.current = undefined;
      setState('loading');
      refresher.now();
    },
  };
}
