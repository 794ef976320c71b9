import { downloadText } from '../../data/browser.js';
import type { LocalTrace } from '../../data/local-traces.js';
import { lastList } from '../last-list.js';
import { Link } from '../link.js';
import { TraceView } from './trace-view.js';
import { useTrace } from './use-trace.js';

/** One trace, as soon as there is something of it. */
export function TracePage({
  traceId,
  file,
  local,
  search,
}: {
  readonly traceId: string;
  /** The file that the address names. */
  readonly file: string | undefined;
  /** What was read from it, unless that was in another tab. */
  readonly local: LocalTrace | undefined;
  readonly search: string;
}) {
  const { state, loaded, problem, isArriving, json, retry } = useTrace(traceId, local);
  if (loaded) {
    return (
      <TraceView
        traceId={traceId}
        loaded={loaded}
        search={search}
        isArriving={isArriving}
        fileName={local?.fileName}
        problem={problem}
      />
    );
  }
  return (
    <main class="empty">
      {state === 'loading' && <h2 class="quiet">Loading the trace…</h2>}
      {state === 'missing' && (
        <>
          <h2>Nothing of this trace has arrived</h2>
          <p>
            <code>{traceId}</code>
          </p>
          {file !== undefined && (
            <p>
              The link is to the file <code>{file}</code>, which was open in one tab only. Drop it here to see
              it again.
            </p>
          )}
          <p>It appears here when its first span does. If it was here before, it made room for newer ones.</p>
        </>
      )}
      {state === 'failed' && (
        <>
          <h2>This trace cannot be shown</h2>
          <p class="problem">{problem}</p>
          <button type="button" onClick={retry}>
            Try again
          </button>{' '}
          {json && (
            <button type="button" onClick={() => downloadText(json(), `trace-${traceId}.json`)}>
              Save its JSON
            </button>
          )}
        </>
      )}
      <p>
        <Link href={lastList()}>Back to the list</Link>
      </p>
    </main>
  );
}
