import { decodeSpans, type Span } from '@distrace/zipkin';
import { Slicer, type SliceOptions } from '../in-slices.js';
import { cutJsonList } from './json-elements.js';

const PART_BYTES = 32 * 1024;
const MAX_SPANS = 100_000;

/**
 * Decodes a long list of spans part by part, with room for the event loop between them. Gives what decodeSpans gives.
 * @throws ZipkinError, as decodeSpans does for the whole.
 */
export async function decodeInSlices(
  body: Buffer,
  format: 'v1' | 'v2',
  options: SliceOptions = {},
): Promise<readonly Span[]> {
  const slicer = new Slicer(options);
  const spans: Span[] = [];
  for (const part of cutJsonList(body, PART_BYTES)) {
    const decoded = part && tryDecode(part, format);
    // Whatever is wrong, only a look at the whole can say where.
    if (!decoded || spans.length + decoded.length > MAX_SPANS) return decodeSpans(body, { format });
    for (const span of decoded) spans.push(span);
    if (slicer.isOver) await slicer.pause();
  }
  return spans;
}

function tryDecode(part: Uint8Array, format: 'v1' | 'v2'): Span[] | undefined {
  try {
    return decodeSpans(`[${new TextDecoder().decode(part)}]`, { format });
  } catch {
    return undefined;
  }
}
