import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { launchBrowser } from '@distrace/browser';
import type { TestBrowser } from '@distrace/browser';
import { encodeV2 } from '@distrace/zipkin';
import { figure, median } from '../measure.ts';
import type { Row } from '../measure.ts';
import { bigTrace } from './spans.ts';
import { startViewerProcess } from './viewer-process.ts';

const SIZES = [10_000, 50_000] as const;
const ROUNDS = 5;
/** Bodies may have 5 MiB. */
const SPANS_PER_BODY = 5000;
const ASSETS = fileURLToPath(new URL('../../../apps/trace-viewer/dist/page/assets', import.meta.url));

/** What the page saw of itself. */
interface Look {
  readonly readyMs: number;
  readonly elements: number;
  readonly nodes: number;
  readonly frameP95Ms: number;
}

/** The size of the page's script, and how fast Chromium shows and scrolls traces that are long. */
export async function pageRows(): Promise<Row[]> {
  await using viewer = await startViewerProcess();
  const traces = SIZES.map((size) => ({ size, traceId: String(size).padStart(32, '1') }));
  for (const { size, traceId } of traces) {
    const spans = bigTrace(size, { traceId, start: Date.now() * 1000 - 120_000_000 });
    for (let at = 0; at < size; at += SPANS_PER_BODY) {
      const body = encodeV2(spans.slice(at, at + SPANS_PER_BODY));
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${viewer.url}/api/v2/spans`, { method: 'POST', headers, body });
      if (status !== 202) throw new Error(`spans must be answered with 202, instead came ${status}`);
    }
  }
  await using chromium = await launchBrowser();
  const looks = new Map(SIZES.map((size) => [size, [] as Look[]]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const { size, traceId } of traces) {
      const look = await lookAt(chromium.browser, `${viewer.url}/zipkin/traces/${traceId}`);
      if (round >= 0) looks.get(size)!.push(look);
    }
  }
  return [
    figure('viewer, page', { variant: 'script, gzip', unit: 'KB', value: scriptBytes() / 1024 }),
    ...SIZES.flatMap((size) => {
      const of = (value: (look: Look) => number) => median(looks.get(size)!.map(value));
      const row = (variant: string, unit: string, value: number) =>
        figure(`viewer, page, ${size.toLocaleString('en')} spans`, { variant, unit, value });
      return [
        row(
          'ready',
          'ms',
          of(({ readyMs }) => readyMs),
        ),
        row(
          'DOM',
          'elements',
          of(({ elements }) => elements),
        ),
        row(
          'DOM',
          'nodes, texts included',
          of(({ nodes }) => nodes),
        ),
        row(
          'scroll, p95',
          'ms/frame',
          of(({ frameP95Ms }) => frameP95Ms),
        ),
      ];
    }),
  ];
}

/** All the scripts that the page is built of. */
function scriptBytes(): number {
  return readdirSync(ASSETS)
    .filter((name) => name.endsWith('.js'))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(ASSETS, name)), { level: 9 }).byteLength, 0);
}

/** A visit with nothing in the cache. */
async function lookAt(browser: TestBrowser['browser'], url: string): Promise<Look> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(NOTE_FIRST_ROWS);
    await page.goto(url);
    return (await page.evaluate(LOOK)) as Look;
  } finally {
    await context.close();
  }
}

/** `performance.now()` counts from the start of the navigation; the second frame begins when the first is painted. */
const NOTE_FIRST_ROWS = `
  window.rowsPaintedAt = new Promise((painted) => {
    const look = () => {
      if (!document.querySelector('.row')) return requestAnimationFrame(look);
      requestAnimationFrame(() => painted(performance.now()));
    };
    requestAnimationFrame(look);
  });
`;

/** Scrolls by a screen of rows a frame, so that none of them can be kept. */
const LOOK = `(async () => {
  const readyMs = await window.rowsPaintedAt;
  const nextFrame = () => new Promise(requestAnimationFrame);
  const count = () => {
    const walker = document.createTreeWalker(document);
    let nodes = 1;
    while (walker.nextNode()) nodes += 1;
    return { elements: document.querySelectorAll('*').length, nodes };
  };
  const rows = document.querySelector('.rows');
  const most = count();
  const frames = [];
  let last = await nextFrame();
  for (let frame = 0; frame < 120; frame++) {
    rows.scrollTop += rows.clientHeight;
    const now = await nextFrame();
    frames.push(now - last);
    last = now;
    if (frame % 20 === 10) {
      const { elements, nodes } = count();
      most.elements = Math.max(most.elements, elements);
      most.nodes = Math.max(most.nodes, nodes);
    }
  }
  if (rows.scrollTop === 0) throw new Error('the rows did not scroll');
  frames.sort((a, b) => a - b);
  return { readyMs, ...most, frameP95Ms: frames[Math.ceil(frames.length * 0.95) - 1] };
})()`;
