import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Span } from '@distrace/zipkin';

/** What stands in the spool of a trace. */
export interface SpoolRead {
  /** Pieces of spans as they were written, not merged. */
  readonly spans: readonly Span[];
  /** Whole lines that are no span: `file:line`. */
  readonly damaged: readonly string[];
}

/**
 * Reads the lines of one file of Zipkin v2 spans. A last line without a line's end is still being written, so it
 * is left for the next read.
 */
export function parseSpool(text: string, file: string): SpoolRead {
  const spans: Span[] = [];
  const damaged: string[] = [];
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    if (line.trim() === '') continue;
    const span = parseLine(line);
    if (span) spans.push(span);
    else damaged.push(`${file}:${index + 1}`);
  }
  return { spans, damaged };
}

function parseLine(line: string): Span | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isSpan(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isSpan(value: unknown): value is Span {
  if (typeof value !== 'object' || value === null) return false;
  const { traceId, id } = value as Record<string, unknown>;
  return typeof traceId === 'string' && typeof id === 'string';
}

/** Zipkin writes a 128-bit id whose high half is zero without that half. */
const wide = (traceId: string) => traceId.padStart(32, '0');

/** Reads every spool file of `folder`, rotated ones (`client.ndjson.1`, `client.1.ndjson`) too; none is no error. */
export async function readSpool(folder: string, traceId: string): Promise<SpoolRead> {
  const names = await readdir(folder).catch(orWhenGone([]));
  const wanted = names.filter((name) => name.includes('.ndjson')).toSorted();
  const reads = await Promise.all(
    wanted.map(async (name) => {
      // A file may be rotated away between the listing and the reading; the next read finds it.
      const text = await readFile(join(folder, name), 'utf8').catch(orWhenGone(''));
      return parseSpool(text, name);
    }),
  );
  return {
    spans: reads.flatMap(({ spans }) => spans).filter((span) => wide(span.traceId) === wide(traceId)),
    damaged: reads.flatMap(({ damaged }) => damaged),
  };
}

const orWhenGone =
  <T>(instead: T) =>
  (error: unknown): T => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return instead;
    throw error;
  };
