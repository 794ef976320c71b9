/** A page of the repository. */
export interface Page {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

/** A relative link that leads nowhere. */
export interface DeadLink {
  readonly page: string;
  readonly link: string;
}

/**
 * The relative links of the pages that lead to no path, or to no heading of a page among them. `exists` answers for
 * files and folders, by their path from the root. What stands in code is no link; addresses are not followed.
 */
export function deadLinks(pages: readonly Page[], exists: (path: string) => boolean): readonly DeadLink[] {
  const anchorsOf = new Map(pages.map(({ path, text }) => [path, anchorsIn(text)]));
  return pages.flatMap(({ path: page, text }) =>
    linksIn(text)
      .filter((link) => !/^(?:[a-z]+:|\/\/)/i.test(link))
      .filter((link) => {
        const [target = '', anchor] = link.split('#').map(decodeURIComponent);
        const path = target === '' ? page : resolved(page, target);
        if (path === undefined || !exists(path)) return true;
        const anchors = anchorsOf.get(path);
        return anchor !== undefined && anchors !== undefined && !anchors.has(anchor);
      })
      .map((link) => ({ page, link })),
  );
}

/** What GitHub makes of a heading: lower case, without punctuation and marks, dashes for spaces; `-1` for the second. */
export function anchorsIn(text: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  const seen = new Map<string, number>();
  for (const [, title = ''] of withoutFences(text).matchAll(/^#{1,6} +(.*?)(?: +#+)? *$/gm)) {
    const slug = title
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
  }
  for (const [, id = ''] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) anchors.add(id);
  return anchors;
}

function linksIn(text: string): readonly string[] {
  const prose = withoutFences(text).replaceAll(/(`+)(?!`).*?[^`]\1(?!`)/gs, 'code');
  const inline = Array.from(prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g), ([, link = '']) => link);
  const defined = Array.from(prose.matchAll(/^ {0,3}\[[^\]]+\]: +(\S+)/gm), ([, link = '']) => link);
  return [...inline, ...defined];
}

/** Comments in a fenced block begin like headings, and its brackets like links. */
const withoutFences = (text: string) => text.replaceAll(/^ *(`{3,}|~{3,})[^\n]*\n.*?^ *\1 *$/gms, '');

/** The path from the root; undefined when it leaves the repository. */
function resolved(page: string, target: string): string | undefined {
  const parts = target.startsWith('/') ? [] : page.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
