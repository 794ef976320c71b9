import { useEffect, useState } from 'preact/hooks';
import { listenLocalTraces, localTraces } from '../data/local-traces.js';
import type { LocalTrace } from '../data/local-traces.js';

/** Traces from files, whenever they change. */
export function useLocalTraces(): readonly LocalTrace[] {
  const [traces, setTraces] = useState(localTraces);
  useEffect(() => {
    // One may have come between the first drawing and now.
    setTraces(localTraces());
    return listenLocalTraces(() => setTraces(localTraces()));
  }, []);
  return traces;
}
