import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSpool } from '@distrace/start';
import { mergeSpans } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';

/** All that the services have written so far, pieces merged, by trace id. */
export async function readTraces(spool: string): Promise<ReadonlyMap<string, readonly Span[]>> {
  const names = (await readdir(spool)).filter((name) => name.includes('.ndjson'));
  const files = await Promise.all(
    names.map(async (name) => parseSpool(await readFile(join(spool, name), 'utf8'), name)),
  );
  const byTrace = Map.groupBy(
    files.flatMap(({ spans }) => spans),
    ({ traceId }) => traceId,
  );
  return new Map([...byTrace].map(([traceId, pieces]) => [traceId, mergeSpans(pieces)]));
}

/** The spans of a name, first started first. */
export function named(spans: readonly Span[], name: string): readonly Span[] {
  return spans
    .filter((span) => span.name === name)
    .toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
}
