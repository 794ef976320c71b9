/** A span that another names in its links. */
export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

/** The tag in which spans say their links. */
export const TAG_LINKS = 'distrace.links';

/** Reads `trace id-span id`, separated by commas; what is no link stands in `rest` as it is written. */
export function readSpanLinks(value: string): { readonly links: readonly SpanLink[]; readonly rest: string } {
  const links: SpanLink[] = [];
  const rest: string[] = [];
  for (const part of value.split(', ')) {
    const match = /^([0-9a-f]{32}|[0-9a-f]{16})-([0-9a-f]{16})$/.exec(part);
    if (match) links.push({ traceId: match[1]!, spanId: match[2]! });
    else if (part !== '') rest.push(part);
  }
  return { links, rest: rest.join(', ') };
}
