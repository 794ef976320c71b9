import { quoted } from '@distrace/nest-server';
import { ViewerProblem } from '../problem.js';
import type { TraceReader } from '../store/span-store.js';
import type { StoredTrace } from '../store/stored-trace.js';

const ZEROS = '0'.repeat(16);

/**
 * A trace id as Zipkin reads it: 1 to 32 lower-case hex digits, not all 0, padded to 16 or 32; 32 digits of which the
 * first 16 are zeros are 16. White space around it does not count.
 * @throws ViewerProblem 400.
 */
export function normaliseTraceId(text: string): string {
  const id = text.trim();
  if (!/^[0-9a-f]{1,32}$/.test(id) || /^0+$/.test(id)) throw malformed(text);
  if (id.length === 32) return id.startsWith(ZEROS) ? id.slice(16) : id;
  return id.padStart(id.length <= 16 ? 16 : 32, '0');
}

/**
 * The trace that an id means. Of 17 to 31 digits Zipkin makes 32, also if the first sixteen are zeros then, and finds
 * these by no id at all. Here the id that was sent is good, and the one that an answer gives.
 * @throws ViewerProblem 400.
 */
export function findTrace(reader: TraceReader, text: string): StoredTrace | undefined {
  const traceId = normaliseTraceId(text);
  const id = text.trim();
  return reader.trace(traceId) ?? (id.length === 32 && id !== traceId ? reader.trace(id) : undefined);
}

function malformed(text: string): ViewerProblem {
  return new ViewerProblem(
    400,
    'DT_ERR_VIEWER_TRACE_ID',
    `A trace id must be 1 to 32 lower-hex characters that are not all zeros, got ${quoted(text)}.`,
  );
}
