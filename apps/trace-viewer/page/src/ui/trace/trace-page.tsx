import { writeRoute } from '../../model/route.js';
import { Link } from '../link.js';
import { TraceView } from './trace-view.js';
import { useTrace } from './use-trace.js';

/** One trace, as soon as there is something of it. */
export function TracePage({ traceId, search }: { readonly traceId: string; readonly search: string }) {
  const { state, loaded, problem, isArriving, fileName, retry } = useTrace(traceId);
  if (loaded) {
    return (
      <TraceView
        traceId={traceId}
        loaded={loaded}
        search={search}
        isArriving={isArriving}
        fileName={fileName}
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
          <p>It appears here when its first span does. If it was here before, it made room for newer ones.</p>
        </>
      )}
      {state === 'failed' && (
        <>
          <h2>This trace cannot be shown</h2>
          <p class="problem">{problem}</p>
          <button type="button" onClick={retry}>
            Try again
          </button>
        </>
      )}
      <p>
        <Link href={writeRoute({ page: 'list' })}>All traces</Link>
      </p>
    </main>
  );
}
