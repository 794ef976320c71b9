import { markup, trusted } from './markup.js';
import type { Inserted, Markup } from './markup.js';

/** Which process speaks: with three services on three tabs the first question. */
export interface Identity {
  readonly service: string;
  readonly pid: number;
  readonly host: string;
}

/** What the frame around a page needs to know. */
export interface Frame {
  readonly title: string;
  readonly root: string;
  readonly identity: Identity;
  /** Pages to link to from the top. */
  readonly pages: readonly { readonly path: string; readonly title: string }[];
  /** The page shown, if it is one of them. */
  readonly current?: string;
  /** Whether the script may refresh it. */
  readonly live: boolean;
}

/** The document up to `<main>`. */
export function openDocument(frame: Frame): Markup {
  const { root, identity, current } = frame;
  const assets = current === undefined ? root : `${root}${current}/`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${frame.title} · ${identity.service}</title>
<link rel="icon" type="image/svg+xml" href="${root}favicon.svg">
<link rel="stylesheet" href="${assets}style.css">
<script src="${assets}script.js" defer></script>
</head>
<body${trusted(frame.live ? ' data-live' : '')}>
<a class="skip" href="#main">Skip to the content</a>
<header class="bar">
<a class="brand" href="${root}">zPages</a>
<nav aria-label="Pages">${frame.pages.map((page) => pageLink(page, frame))}</nav>
<p class="who"><strong>${identity.service}</strong> <span>pid ${identity.pid} on ${identity.host}</span></p>
<p class="live" hidden><span id="live-state" role="status"></span> <button type="button" id="pause" aria-keyshortcuts="p" aria-pressed="false">Pause</button></p>
</header>
<main id="main" tabindex="-1">
`;
}

function pageLink({ path, title }: Frame['pages'][number], { root, current }: Frame): Markup {
  const isCurrent = path === current && trusted(' aria-current="page"');
  return markup`<a href="${root}${path}"${isCurrent}>${title}</a>`;
}

/** The end of the document. `footer` stands below the page. */
export function closeDocument(footer: Inserted = undefined): Markup {
  return markup`</main>
<footer>${footer}</footer>
</body>
</html>
`;
}

/** The keys that script.js listens to, for the foot of a live page. */
export const shortcuts: Markup = trusted(
  `<details class="keys" id="keys"><summary aria-keyshortcuts="?">Keyboard</summary><dl>` +
    [
      ['?', 'show or hide these keys'],
      ['/', 'filter'],
      ['p', 'pause or go on'],
      ['r', 'refresh now'],
      ['j k', 'next, previous row; the arrows down and up do the same'],
      ['Enter', 'open the row'],
      ['e', 'next row with errors'],
      ['u', 'up to the table'],
      ['Esc', 'leave the filter; close these keys'],
    ]
      .map(([key = '', what = '']) => {
        const keys = key.split(' ').map((one) => `<kbd>${one}</kbd>`);
        return `<div><dt>${keys.join(' ')}</dt><dd>${what}</dd></div>`;
      })
      .join('') +
    `</dl></details>`,
);
