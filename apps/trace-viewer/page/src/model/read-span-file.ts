import { decodeSpans, decodeStoredSpans } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';

/** A file is read as a whole however many spans it has: whoever opens it knows its size. */
const NO_LIMIT = { maxSpans: Infinity } as const;

/** Reads spans from a file's text: of any format of Zipkin's or OTLP/JSON, a list of lists as Zipkin downloads many
 * traces, or OTLP/JSON line by line as the OpenTelemetry Collector writes it. @throws Error that says what is wrong. */
export function readSpanFile(text: string): Span[] {
  const spans = readAny(text);
  if (spans.length === 0) throw new Error('There is no span in it.');
  return spans;
}

function readAny(text: string): Span[] {
  if (/^\s*\[\s*\[/.test(text)) {
    const lists = JSON.parse(text) as readonly unknown[];
    return lists.flatMap((list) => decodeSpans(JSON.stringify(list), NO_LIMIT));
  }
  const lines = linesOf(text);
  if (lines) return lines.flatMap((line, index) => readLine(line, index + 1));
  if (isJaeger(text)) {
    throw new Error(
      'It is Jaeger’s JSON, which is not read here. Save the trace in Zipkin’s format or as OTLP/JSON.',
    );
  }
  return withoutBody(() => readSaved(text) ?? decodeSpans(text, NO_LIMIT));
}

/** What was saved from a viewer may have a span id of zeros, which no server takes. */
function readSaved(text: string): Span[] | undefined {
  if (!text.includes(`"id":"${'0'.repeat(16)}"`)) return undefined;
  const { spans, unreadable } = decodeStoredSpans(text);
  return unreadable === 0 ? spans : undefined;
}

/** The lines, when each is an object of its own. */
function linesOf(text: string): readonly string[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.length > 1 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line)) ? lines : undefined;
}

function readLine(line: string, number: number): Span[] {
  try {
    return withoutBody(() => decodeSpans(line, NO_LIMIT));
  } catch (error) {
    throw new Error(`Line ${number}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function isJaeger(text: string): boolean {
  return /^\s*\{\s*"data"\s*:\s*\[/.test(text) && /"(?:references|processes|operationName)"\s*:/.test(text);
}

/** The decoder speaks to those who send a body; here somebody opened a file. */
function withoutBody(read: () => Span[]): Span[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new Error(
      error.message.replace(/\b(a|the) body\b/i, (_, article: string) => `${article} file`),
      {
        cause: error,
      },
    );
  }
}
