import type { ZpagesProblem } from '../http/problem.js';
import { markup } from './markup.js';
import type { Markup } from './markup.js';
import type { PageContent } from './page.js';
import { visible } from './visible.js';

const TITLES: Readonly<Record<number, string>> = {
  400: 'That cannot be read',
  403: 'Not allowed here',
  404: 'Nothing here',
  405: 'Reading only',
  413: 'Too large',
  414: 'That address is too long',
  500: 'This page failed',
};

/** The answer to a request that gets no page: the same message in all three formats. */
export function problemPage({ status, code, message }: ZpagesProblem, root: string): PageContent {
  const title = TITLES[status] ?? 'No page';
  return {
    title,
    *html(): Generator<Markup> {
      yield markup`<h1>${title}</h1>
<p class="problem" role="alert">${message}</p>
<p class="note"><code>${code}</code>, HTTP ${status}. <a href="${root}tracez">tracez</a> lists every span name; <a href="${root}">all pages</a>.</p>
`;
    },
    json: () => ({ statusCode: status, code, message }),
    *text() {
      yield `${visible(message)}\n${code}, HTTP ${status}\n`;
    },
  };
}
