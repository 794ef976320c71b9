import {
  decodeSpans,
  detectListFormat,
  ZipkinError,
  type DecodeOptions,
  type Span,
  type SpanFormat,
} from '@distrace/zipkin';
import { Slicer, type SliceOptions } from '../in-slices.js';
import { cutJsonList } from './json-elements.js';

const PART_BYTES = 32 * 1024;
const MAX_SPANS = 100_000;

/** Options of {@link decodeInSlices}. */
export interface DecodeInSlicesOptions extends SliceOptions {
  /** Default: the spans say. */
  readonly format?: SpanFormat;
}

/**
 * Decodes a long body, if it is a list part by part, with room for the event loop between them. Gives what decodeSpans
 * gives.
 * @throws ZipkinError, as decodeSpans does for the whole.
 */
export async function decodeInSlices(
  body: Buffer,
  { format, ...options }: DecodeInSlicesOptions = {},
): Promise<readonly Span[]> {
  const slicer = new Slicer(options);
  const atOnce = (): readonly Span[] => decodeSpans(body, { format });
  if (format === 'otlp') return atOnce();
  const found = format ?? (await detectInSlices(body, slicer));
  if (found === undefined) return atOnce();
  const spans: Span[] = [];
  for (const part of cutJsonList(body, PART_BYTES)) {
    const decoded = part && decodePart(part, { format: found, firstIndex: spans.length });
    if (!decoded || spans.length + decoded.length > MAX_SPANS) return atOnce();
    for (const span of decoded) spans.push(span);
    if (slicer.isOver) await slicer.pause();
  }
  return spans;
}

/** Undefined when only a look at the whole can say what is wrong: where text is no JSON, or, as a v1 span may become
 * several, which v1 span it is. */
function decodePart(part: Uint8Array, options: DecodeOptions): Span[] | undefined {
  try {
    return decodeSpans(textOf(part), options);
  } catch (error) {
    if (options.format === 'v2' && error instanceof ZipkinError && error.index !== undefined) throw error;
    return undefined;
  }
}

/** The format of a list; undefined when it is none, or none that can be read. */
async function detectInSlices(body: Buffer, slicer: Slicer): Promise<'v1' | 'v2' | undefined> {
  let format: 'v1' | 'v2' | undefined;
  for (const part of cutJsonList(body, PART_BYTES)) {
    const found =
      part && tryToRead(() => ({ is: detectListFormat(JSON.parse(textOf(part)) as unknown[], format) }));
    if (!found) return undefined;
    format = found.is;
    if (slicer.isOver) await slicer.pause();
  }
  return format ?? 'v1';
}

/** A part as a list. A byte order mark inside of the list is no JSON, wherever a part begins. */
function textOf(part: Uint8Array): string {
  return `[${new TextDecoder('utf-8', { ignoreBOM: true }).decode(part)}]`;
}

function tryToRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
