import { quoted } from '@distrace/nest-server';
import { badParameter, optionalText, wholeNumber } from './parameters.js';
import { parseAnnotationQuery, type SpanTerms } from './trace-query.js';

/** The place of a trace in the list: where the next page begins. */
export interface ListCursor {
  /** Epoch microseconds. */
  readonly listedAt: number;
  readonly arrival: number;
}

/** The parameters of `GET /api/ui/summaries`. */
export interface ListQuery {
  readonly terms: SpanTerms;
  /** Of the whole trace, microseconds. */
  readonly minDuration?: number;
  readonly maxDuration?: number;
  readonly onlyErrors: boolean;
  /** Epoch milliseconds. */
  readonly beginMs?: number;
  readonly endMs?: number;
  readonly before?: ListCursor;
  readonly limit: number;
}

/** Most traces of one page of the list. */
export const MAX_LIST_LIMIT = 200;
const MAX_TEXT_LENGTH = 1000;

/** Reads the query of `GET /api/ui/summaries`. @throws ViewerProblem 400. */
export function readListQuery(search: URLSearchParams): ListQuery {
  const text = optionalText(search, 'text')?.toLowerCase();
  if (text !== undefined && text.length > MAX_TEXT_LENGTH) {
    throw badParameter('text', `must have at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`);
  }
  const endMs = wholeNumber(search, 'endTs');
  const lookback = wholeNumber(search, 'lookback');
  if (lookback !== undefined && endMs === undefined) throw badParameter('lookback', 'needs endTs, got none');
  return {
    terms: {
      serviceName: optionalText(search, 'serviceName')?.toLowerCase(),
      remoteServiceName: optionalText(search, 'remoteServiceName')?.toLowerCase(),
      spanName: optionalText(search, 'spanName')?.toLowerCase(),
      annotations: parseAnnotationQuery(search.get('annotationQuery') ?? ''),
      text,
    },
    minDuration: wholeNumber(search, 'minDuration', { min: 0 }),
    maxDuration: wholeNumber(search, 'maxDuration', { min: 0 }),
    onlyErrors: readFlag(search, 'errors'),
    endMs,
    beginMs: endMs !== undefined && lookback !== undefined ? endMs - lookback : undefined,
    before: readCursor(search),
    limit: wholeNumber(search, 'limit', { max: MAX_LIST_LIMIT }) ?? 50,
  };
}

/** The text of a cursor, for the parameter `before`. */
export function writeCursor({ listedAt, arrival }: ListCursor): string {
  return `${listedAt}-${arrival}`;
}

function readCursor(search: URLSearchParams): ListCursor | undefined {
  const text = optionalText(search, 'before');
  if (text === undefined) return undefined;
  const match = /^(\d{1,19})-(\d{1,16})$/.exec(text);
  if (!match) throw badParameter('before', `must be the "next" of an earlier answer, got ${quoted(text)}`);
  return { listedAt: Number(match[1]), arrival: Number(match[2]) };
}

function readFlag(search: URLSearchParams, name: string): boolean {
  const text = search.get(name) ?? '';
  if (text === '' || text === 'false') return false;
  if (text === 'true') return true;
  throw badParameter(name, `must be true or false, got ${quoted(text)}`);
}
