import { markup } from './markup.js';
import type { Markup } from './markup.js';
import type { Identity } from './layout.js';
import type { PageContent, PageRequest, ZPage } from './page.js';
import { oneLine } from './visible.js';

/** The page at `/`: what there is. */
export function landingPage(
  pages: readonly ZPage[],
  identity: Identity,
  { root }: Pick<PageRequest, 'root'>,
): PageContent {
  return {
    title: 'zPages',
    *html(): Generator<Markup> {
      yield markup`<h1>zPages of ${identity.service}</h1>
<p class="note">What this process does now and has done, out of its own memory.</p>
<ul class="pages">
${pages.map((page) => pageItem(page, root))}</ul>
`;
    },
    json: () => ({
      ...identity,
      pages: pages.map(({ path, title, description }) => ({ path, title, description })),
    }),
    *text() {
      yield `zPages of ${oneLine(identity.service)}, pid ${identity.pid} on ${oneLine(identity.host)}\n\n`;
      for (const page of pages) yield `${root}${page.path}  ${oneLine(page.description)}\n`;
    },
  };
}

function pageItem({ path, title, description }: ZPage, root: string): Markup {
  const as = (format: string) => markup`<a href="${root}${path}?format=${format}">${format}</a>`;
  return markup`<li><a class="page" href="${root}${path}"><strong>${title}</strong><span>${description}</span></a><p class="note">Also as ${as('json')} and ${as('text')}, by format= or Accept.</p></li>
`;
}
