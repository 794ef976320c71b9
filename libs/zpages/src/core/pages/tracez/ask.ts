import { quoted, ZpagesProblem } from '../../http/problem.js';
import type { QueryError, RowRef, ZpagesAnswers, ZpagesCore, ZpagesQuery } from '../../query.js';
import { redactText } from '../redact/redact-text.js';
import { nameOfHash } from './ref.js';
import type { Ref } from './ref.js';

/**
 * The answer to a query.
 *
 * @throws ZpagesProblem 404 for what is not there, 400 for an argument that cannot be.
 */
export function ask<Q extends ZpagesQuery>(core: ZpagesCore, query: Q): ZpagesAnswers[Q['kind']] {
  const result = core.query(query);
  if (result.ok) return result.answer;
  throw problemOf(query, result.error);
}

function problemOf(query: ZpagesQuery, error: QueryError): ZpagesProblem {
  if (error.code === 'invalid_argument') {
    return new ZpagesProblem(400, 'DT_ERR_ZPAGES_PARAMETER', redactText(error.message));
  }
  if (query.kind === 'trace') {
    return new ZpagesProblem(
      404,
      'DT_ERR_ZPAGES_TRACE_UNKNOWN',
      `A trace has a page while one of its spans runs or is kept as a sample here; ${query.traceId} has none. Look in the trace viewer, or in another service.`,
    );
  }
  return unknownName(
    'name' in query && query.name !== undefined ? quoted(redactText(query.name)) : 'the overflow row',
  );
}

function unknownName(what: string): ZpagesProblem {
  return new ZpagesProblem(
    404,
    'DT_ERR_ZPAGES_NAME_UNKNOWN',
    `A name has a row once a span of it ended or while one runs; ${what} has none. Take the link from the table.`,
  );
}

/** Which row is meant. */
export function resolveRef(core: ZpagesCore, ref: Ref): RowRef {
  if (ref.by === 'overflow') return { overflow: true };
  if (ref.by === 'name') return { name: ref.name };
  const name = nameOfHash(core, ref.hash);
  if (name === undefined) throw unknownName(`the hash ${ref.hash}`);
  return { name };
}
