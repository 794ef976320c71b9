import { figure } from '../measure.ts';
import type { Row } from '../measure.ts';
import { startLoad } from './load.ts';
import { startViewerProcess } from './viewer-process.ts';

const SPANS = 130_000;
/** What the server itself grows by while it is new. */
const WARM_UP = 26_000;
const NO_LIMITS = { MEM_MAX_SPANS: '10000000', DISTRACE_VIEWER_MAX_BYTES: String(4 * 1024 ** 3) };
const SOURCES = {
  deployment: 'traces of 13 spans',
  lone: 'traces of 1 span',
} as const;

/** Bytes that a stored span takes of the viewer's heap: in traces of the deployment, and alone. */
export async function memoryRows(): Promise<Row[]> {
  await using load = await startLoad();
  const rows: Row[] = [];
  for (const source of ['deployment', 'lone'] as const) {
    await using viewer = await startViewerProcess(NO_LIMITS);
    const send = () => load.ask({ kind: 'send', url: viewer.url, inFlight: 4 });
    await load.ask({ kind: 'prepare', source, spans: WARM_UP });
    await send();
    await viewer.clear();
    const before = await viewer.bytes();
    const { bytes: sent } = await load.ask({ kind: 'prepare', source, spans: SPANS });
    await send();
    const after = await viewer.bytes();
    const { spans, bytes: estimate } = await viewer.store();
    if (spans !== SPANS) throw new Error(`${SPANS} spans were sent, ${spans} are stored`);
    const row = (variant: string, value: number) =>
      figure('viewer, memory', { variant: `${SOURCES[source]}, ${variant}`, unit: 'bytes/span', value });
    rows.push(
      row('sent', sent / spans),
      row('stored', (after - before) / spans),
      row('stored, as the viewer estimates', estimate / spans),
    );
  }
  return rows;
}
