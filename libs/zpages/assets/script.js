// Live refresh, ticking ages and keys. Reading, sorting and filtering work without it: the server makes every
// page, and this only puts the newer one in place of the older, node by node, so that focus, selection and
// open details stay. It never makes markup out of text.

const REFRESH_MS = 2000;
/** A page that takes long to make is asked for less often. */
const REST_PER_WORK = 20;
const MAX_REST_MS = 30_000;
/** Until then the page on the screen counts as live. */
const PATIENCE_MS = 3000;
const GIVE_UP_MS = 10_000;
const TICK_MS = 100;

const isLive = document.body.dataset.live !== undefined;
const state = document.getElementById('live-state');
const pauseButton = document.getElementById('pause');

let isPaused = false;
let isLoading = false;
let timer;
/** When the ages on the page were right. */
let shownAt = performance.now();

function schedule(delayMs) {
  clearTimeout(timer);
  if (isLive && !isPaused && !document.hidden) timer = setTimeout(() => load(location.href), delayMs);
}

/** Shows the page at `url` in place of this one. Only the latest of several counts. */
let latest = 0;
let asking;
async function load(url) {
  const turn = ++latest;
  const begun = performance.now();
  isLoading = true;
  asking?.abort();
  const mine = (asking = new AbortController());
  // A process that is stopped, or busy for good, takes the request and never answers.
  const waiting = setTimeout(() => turn === latest && say('waiting for the service'), PATIENCE_MS);
  const end = setTimeout(() => mine.abort(), GIVE_UP_MS);
  let hasAnswer = false;
  try {
    const response = await fetch(url, {
      headers: { Accept: 'text/html' },
      cache: 'no-store',
      signal: mine.signal,
    });
    const text = await response.text();
    if (turn !== latest) return;
    const fresh = new DOMParser().parseFromString(text, 'text/html');
    const main = fresh.querySelector('main');
    if (main === null) throw new Error('no page');
    // Somebody who marks text to copy it does not want it to move.
    const selection = getSelection();
    const isMarking = selection !== null && !selection.isCollapsed && url === location.href;
    if (!isMarking) {
      document.title = fresh.title;
      bring(document.querySelector('main'), main);
      hideButton();
      shownAt = performance.now();
    }
    hasAnswer = true;
    say(response.ok ? '' : `HTTP ${response.status}`);
  } catch {
    if (turn === latest) say('no answer from the service');
  } finally {
    clearTimeout(waiting);
    clearTimeout(end);
  }
  if (turn !== latest) return;
  isLoading = false;
  const restMs = hasAnswer ? (performance.now() - begun) * REST_PER_WORK : 0;
  schedule(Math.min(MAX_REST_MS, Math.max(REFRESH_MS, restMs)));
}

function say(trouble) {
  const text = isPaused ? 'paused' : trouble === '' ? 'live' : trouble;
  if (state.textContent !== text) state.textContent = text;
  document.body.dataset.state = trouble === '' ? (isPaused ? 'paused' : 'live') : 'lost';
}

/** Makes `shown` look like `fresh`, changing as little as can be. */
function bring(shown, fresh) {
  for (const { name } of Array.from(shown.attributes)) {
    if (!fresh.hasAttribute(name) && !isTheReaders(shown, name)) shown.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (shown.getAttribute(name) !== value && !isTheReaders(shown, name)) shown.setAttribute(name, value);
  }
  const keyed = new Map();
  for (const child of shown.children)
    if (child.dataset.key !== undefined) keyed.set(child.dataset.key, child);
  let at = shown.firstChild;
  for (const next of Array.from(fresh.childNodes)) {
    const key = next.nodeType === 1 ? next.dataset.key : undefined;
    let match = key === undefined ? at : keyed.get(key);
    if (match?.nodeName !== next.nodeName || (key === undefined && match?.dataset?.key !== undefined))
      match = undefined;
    if (match === undefined) {
      shown.insertBefore(document.importNode(next, true), at);
      continue;
    }
    if (match === at) at = at.nextSibling;
    else shown.insertBefore(match, at);
    if (match.nodeType === 1) bring(match, next);
    else if (match.nodeValue !== next.nodeValue) match.nodeValue = next.nodeValue;
  }
  while (at !== null) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/** What the reader or this script set: open details, what stands in a field, the hidden button. */
function isTheReaders(element, attribute) {
  return (
    (attribute === 'open' && element.nodeName === 'DETAILS') ||
    (attribute === 'hidden' && element.nodeName === 'BUTTON') ||
    (attribute === 'value' && element.nodeName === 'INPUT' && element === document.activeElement)
  );
}

/** Ages stand still while nobody knows whether the spans still run. */
function tick() {
  if (document.body.dataset.state !== 'live') return;
  const passedMs = performance.now() - shownAt;
  for (const element of document.querySelectorAll('.age')) {
    element.textContent = duration(Number(element.dataset.age) + passedMs);
  }
}

/** As the server writes durations (pages/format.ts). */
function duration(ms) {
  if (ms >= 59_950) {
    const seconds = Math.round(ms / 1000);
    const parts = [
      [Math.floor(seconds / 86_400), 'd'],
      [Math.floor(seconds / 3600) % 24, 'h'],
      [Math.floor(seconds / 60) % 60, 'min'],
      [seconds % 60, 's'],
    ];
    const first = parts.findIndex(([value]) => value > 0);
    const two = parts.slice(first, first + 2).filter(([value]) => value > 0);
    return two.map(([value, unit]) => `${value} ${unit}`).join(' ');
  }
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms)} ms`;
}

function setPaused(paused) {
  isPaused = paused;
  pauseButton.textContent = paused ? 'Go on' : 'Pause';
  pauseButton.setAttribute('aria-pressed', String(paused));
  say('');
  if (!paused) load(location.href);
  else {
    latest++;
    isLoading = false;
    asking?.abort();
    clearTimeout(timer);
  }
}

/** Another filter or order of the same table: no new page, but an address that can be shared. */
function choose(url) {
  history.replaceState(null, '', url);
  load(url);
}

function formUrl(form) {
  const query = new URLSearchParams(new FormData(form));
  for (const [name, value] of Array.from(query)) {
    if (value === '' || (name === 'only' && value === 'all')) query.delete(name);
  }
  const url = new URL(form.getAttribute('action'), location.href);
  url.search = query.toString();
  return url.href;
}

document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[data-sort]') : null;
  if (link === null || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  choose(link.href);
});

let typing;
document.addEventListener('input', (event) => {
  const form = event.target instanceof Element ? event.target.closest('#choose') : null;
  if (form === null) return;
  clearTimeout(typing);
  typing = setTimeout(() => choose(formUrl(form)), 150);
});

document.addEventListener('submit', (event) => {
  if (event.target.id !== 'choose') return;
  event.preventDefault();
  choose(formUrl(event.target));
});

/** Focuses the next of these links, of a table's rows from the one that is in focus. */
function move(step, selector) {
  const links = [...document.querySelectorAll(selector)];
  if (links.length === 0) return;
  const row = document.activeElement?.closest('tr');
  const at = row === null || row === undefined ? -1 : links.findIndex((link) => row.contains(link));
  if (at !== -1) focusOn(links[(at + step + links.length) % links.length]);
  else {
    const after = links.find(
      (link) => row && row.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING,
    );
    focusOn(after ?? links[step > 0 ? 0 : links.length - 1]);
  }
}

/** By itself the browser would bring the row to the middle, and the headings out of sight. */
function focusOn(link) {
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

const ROWS = 'table.names tbody a.name, table.trace tbody a.name';

/** The arrows scroll until a row is in focus. */
function arrow(step) {
  const isInRow = document.activeElement?.closest('table.names tbody tr, table.trace tbody tr') != null;
  if (isInRow) move(step, ROWS);
  return isInRow;
}

function toggleHelp() {
  const help = document.getElementById('keys');
  if (help === null) return;
  help.open = !help.open;
  if (help.open) help.scrollIntoView({ block: 'nearest' });
}

/** A key's action; what it gives as false is left to the browser. */
const keys = {
  '?': toggleHelp,
  '/': () => document.getElementById('q')?.select(),
  p: () => setPaused(!isPaused),
  r: () => load(location.href),
  j: () => move(1, ROWS),
  k: () => move(-1, ROWS),
  ArrowDown: () => arrow(1),
  ArrowUp: () => arrow(-1),
  e: () => move(1, 'table.names tr[data-errors] a.name'),
  u: () => document.getElementById('up')?.click(),
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const inField = event.target instanceof Element && event.target.closest('input, select, textarea') !== null;
  if (event.key === 'Escape' && inField) event.target.blur();
  else if (event.key === 'Escape') document.getElementById('keys')?.removeAttribute('open');
  if (inField || !isLive || !Object.hasOwn(keys, event.key)) return;
  if (keys[event.key]() !== false) event.preventDefault();
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) clearTimeout(timer);
  else if (isLive && !isPaused && !isLoading) load(location.href);
});

/** Typing filters, so its button is only for those without this script. */
function hideButton() {
  const button = document.querySelector('#choose button');
  if (button !== null) button.hidden = true;
}

if (isLive) {
  hideButton();
  pauseButton.closest('.live').hidden = false;
  pauseButton.addEventListener('click', () => setPaused(!isPaused));
  say('');
  setInterval(tick, TICK_MS);
  schedule(REFRESH_MS);
}
