import { clean } from './random.spec.helper.js';
import type { Span } from './span.js';

/** What hurts: halves of surrogate pairs, line ends, the words by which formats are told, the names that every object
 * has, and keys that JavaScript sorts its own way. */
export const hostileTexts: readonly string[] = [
  '\uD800',
  'a\uDC00b',
  '\u2028',
  '\0',
  'cs',
  'sr',
  'ws',
  'createEndpoint',
  '"tags"',
  'binaryAnnotations',
  '__proto__',
  'constructor',
  'lc',
  'sa',
  '10',
  '9',
];

/** The nearest span that v1 can hold, as the docstring of encodeV1 has it. */
export function asV1Holds(span: Span): Span {
  const { timestamp, localEndpoint } = span;
  const hasKind = timestamp !== undefined && localEndpoint !== undefined;
  const kind = hasKind ? span.kind : undefined;
  const tagEntries = Object.entries(span.tags ?? {}).filter(
    ([key, value]) => !['ca', 'sa', 'ma'].includes(key) && (key !== 'lc' || value !== ''),
  );
  const isSelf = kind === 'SERVER' && span.remoteEndpoint?.serviceName === localEndpoint?.serviceName;
  const end = (timestamp ?? 0) + (span.duration ?? 0);
  return clean({
    ...span,
    kind,
    // The end is written as a time: beyond 2^53 it would be rounded.
    duration: timestamp !== undefined && end < 2 ** 53 ? span.duration : undefined,
    remoteEndpoint: isSelf ? undefined : span.remoteEndpoint,
    tags: tagEntries.length > 0 ? Object.fromEntries(tagEntries) : undefined,
    shared: kind === 'SERVER' ? span.shared : undefined,
  });
}
