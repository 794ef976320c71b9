import { quoted, ViewerProblem } from '../problem.js';

/**
 * A trace id as Zipkin reads it: 1 to 32 lower-case hex digits, padded to 16 or 32; 32 digits of which the first 16
 * are zeros are 16. White space around it does not count.
 * @throws ViewerProblem 400.
 */
export function normaliseTraceId(text: string): string {
  const id = text.trim();
  if (!/^[0-9a-f]{1,32}$/.test(id)) throw malformed(text);
  if (id.length <= 16) {
    const padded = id.padStart(16, '0');
    if (padded === '0'.repeat(16)) throw malformed(text);
    return padded;
  }
  const padded = id.padStart(32, '0');
  if (!padded.startsWith('0'.repeat(16))) return padded;
  return normaliseTraceId(padded.slice(16));
}

function malformed(text: string): ViewerProblem {
  return new ViewerProblem(
    400,
    'DT_ERR_VIEWER_TRACE_ID',
    `A trace id must be 1 to 32 lower-hex characters that are not all zeros, got ${quoted(text)}.`,
  );
}
