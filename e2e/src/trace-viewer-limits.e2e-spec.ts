import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Span } from '@distrace/zipkin';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bigTrace, taskTrace } from './support/viewer-samples.ts';
import { openViewer, PATIENCE, rowOf } from './support/viewer-page.ts';
import type { Page, ViewerBrowser } from './support/viewer-page.ts';

const TRACE = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
const HOSTILE = [
  '"><img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  "');alert(1)//",
  'javascript:alert(1)',
  '{{constructor.constructor("alert(1)")()}}',
  '</pre><h1>mine</h1>',
  '\u202edesrever\u202c',
  '__proto__',
  'a\u0000b\u0007',
  'x'.repeat(20_000),
];

let viewer: ViewerBrowser;

beforeAll(async () => {
  viewer = await openViewer();
}, 120_000);

afterAll(() => viewer[Symbol.asyncDispose]());

beforeEach(() => viewer.clear());

const elements = (page: Page) => page.evaluate('document.querySelectorAll("*").length') as Promise<number>;
/** What the page is wide beyond the window. */
const overflow = (page: Page) =>
  page.evaluate('document.documentElement.scrollWidth - innerWidth') as Promise<number>;

describe('hostile text', () => {
  it('makes no element, runs nothing and asks nobody, wherever it stands', async () => {
    const spans = HOSTILE.map((evil, index): Span => {
      const id = (index + 1).toString(16).padStart(16, '0');
      return {
        traceId: TRACE,
        id,
        ...(index > 0 && { parentId: '0000000000000001' }),
        kind: 'CLIENT',
        name: evil.toLowerCase(),
        timestamp: Date.now() * 1000 + index,
        duration: 10,
        localEndpoint: { serviceName: evil.toLowerCase() },
        remoteEndpoint: { serviceName: evil.toLowerCase() },
        annotations: [
          { timestamp: Date.now() * 1000, value: evil },
          {
            timestamp: Date.now() * 1000,
            value: `exception: ${JSON.stringify({ 'exception.stacktrace': evil })}`,
          },
        ],
        tags: {
          [evil]: evil,
          error: evil,
          'stacktrace.open': `${evil}\n    at ${evil} (${evil}:1:1)`,
          'stacktrace.close': evil,
        },
      };
    });
    await viewer.post(spans);
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    const isClean = async (): Promise<void> => {
      expect(
        await page.locator('img, h1:text-is("mine"), script:not([src]), iframe, [onerror]').count(),
      ).toBe(0);
    };
    await page.locator('.trace').waitFor(PATIENCE);
    await isClean();
    await page.locator('.trace').click();
    await page
      .locator('.row')
      .nth(HOSTILE.length - 1)
      .waitFor(PATIENCE);
    for (let at = 0; at < HOSTILE.length; at++) {
      await page.keyboard.press('j');
      if (at === 0) await page.keyboard.press('Enter');
      await page.locator('.panel h2').waitFor();
      await isClean();
    }
    await page.locator('input[name=q]').fill(HOSTILE[0]!);
    await page.goto(
      `${viewer.url}/zipkin/traces/${TRACE}?q=${encodeURIComponent(HOSTILE[1]!)}&hide=${encodeURIComponent(HOSTILE[0]!)}`,
    );
    await page.locator('.row').first().waitFor(PATIENCE);
    await isClean();
    await page.goto(`${viewer.url}/zipkin/dependency`);
    await page.locator('.picture, .empty').first().waitFor(PATIENCE);
    await isClean();
    await expect.poll(() => overflow(page), PATIENCE).toBeLessThanOrEqual(0);
    expect(trouble).toEqual([]);
  });

  it('is refused by the policy even if it became an element', async () => {
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:9/x.png" onerror="window.ran = 1"><p style="color: red">')`,
    );
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = 2' }))`,
    );
    await expect
      .poll(() => trouble.filter((line) => line.includes('Content Security Policy')).length)
      .toBeGreaterThanOrEqual(3);
    await expect.poll(() => page.evaluate('window.ran'), PATIENCE).toBeUndefined();
  });
});

describe('big traces', () => {
  it('of 10,000 spans are there with a few hundred elements, from the first row to the last', async () => {
    await viewer.post(bigTrace(10_000, TRACE));
    await using opened = await viewer.open(`/zipkin/traces/${TRACE}`);
    const { page, trouble } = opened;
    await rowOf(page, 'nightly batch').waitFor(PATIENCE);
    await expect.poll(() => page.locator('.trace-numbers').innerText(), PATIENCE).toContain('10,000');
    await expect.poll(() => elements(page), PATIENCE).toBeLessThan(600);
    await viewer.shoot(page, 'viewer-10000');
    await page.keyboard.press('End');
    await page.locator('.row.selected').waitFor(PATIENCE);
    const height = (await page.evaluate('document.querySelector(".rows-all").offsetHeight')) as number;
    expect(height).toBe(10_000 * 28);
    await page.keyboard.press('Enter');
    await page.locator('.panel h2').waitFor();
    await expect.poll(() => elements(page), PATIENCE).toBeLessThan(600);
    await page.keyboard.press('n');
    await expect.poll(() => page.locator('.row.selected.failed').count(), PATIENCE).toBe(1);
    await page.locator('input[name=q]').fill('item=6130');
    await expect.poll(() => page.locator('.match-count').innerText(), PATIENCE).toMatch(/1 match$/);
    await page.keyboard.press('Enter');
    await page.locator('.row.selected.match').waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBeLessThan(40);
    expect(trouble).toEqual([]);
  });

  it('above 32,000 spans show those nearest the root, and say so', async () => {
    await viewer.post(bigTrace(33_000, TRACE));
    await using opened = await viewer.open(`/zipkin/traces/${TRACE}`);
    const { page, trouble } = opened;
    await page.locator('.notice.cut').waitFor({ timeout: 60_000 });
    await expect
      .poll(() => page.locator('.notice.cut').innerText(), PATIENCE)
      .toContain('33,000 spans. Shown are the 32,000 nearest the root');
    await expect.poll(() => page.locator('.notice.incomplete').count(), PATIENCE).toBe(0);
    // Its numbers and its files are those of all spans.
    await expect.poll(() => page.locator('.trace-numbers').innerText(), PATIENCE).toContain('33,000');
    const [perfetto] = await Promise.all([
      page.waitForEvent('download', { timeout: 60_000 }),
      page.getByRole('button', { name: 'Perfetto' }).click(),
    ]);
    const { traceEvents } = JSON.parse(await readFile(await perfetto.path(), 'utf8')) as {
      traceEvents: { ph: string }[];
    };
    expect(traceEvents.filter(({ ph }) => ph === 'X')).toHaveLength(33_000);
    expect(trouble).toEqual([]);
  });
});

describe('the page', () => {
  it('has at most 60 KB of script, packed', async () => {
    const html = await (await fetch(`${viewer.url}/zipkin/`)).text();
    const scripts = [...html.matchAll(/(?:src|href)="([^"]+\.js)"/g)].map(([, path]) => path!);
    expect(scripts).toHaveLength(1);
    const script = await (await fetch(viewer.url + scripts[0])).bytes();
    expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(60 * 1024);
  });
});

describe('other screens', () => {
  it('fits a phone: no sideways scrolling, bars below names, details over the trace', async () => {
    await viewer.post(taskTrace({ traceId: TRACE, failing: true }));
    const phone = {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
    };
    await using opened = await viewer.open('/zipkin/', phone);
    const { page, trouble } = opened;
    await page.locator('.trace').waitFor(PATIENCE);
    await expect.poll(() => overflow(page), PATIENCE).toBeLessThanOrEqual(0);
    await page.locator('.trace').tap();
    await rowOf(page, 'save task').waitFor(PATIENCE);
    await expect.poll(() => overflow(page), PATIENCE).toBeLessThanOrEqual(0);
    const row = rowOf(page, 'executor span');
    const name = (await row.locator('.name').boundingBox())!;
    const bar = (await row.locator('.bar').boundingBox())!;
    expect(bar.y).toBeGreaterThan(name.y + name.height - 4);
    await viewer.shoot(page, 'viewer-phone');
    // A filter of spans has room, too.
    const dim = page.locator('.row.dim');
    await page.getByLabel('Shortest duration').fill('100s');
    await expect.poll(() => dim.count(), PATIENCE).toBeGreaterThan(5);
    await page.getByLabel('Shortest duration').fill('');
    await expect.poll(() => dim.count(), PATIENCE).toBe(0);
    // What has no room stands behind a button.
    const perfetto = page.getByRole('button', { name: 'Perfetto' });
    await expect.poll(() => perfetto.isVisible(), PATIENCE).toBe(false);
    await page.getByRole('button', { name: 'More', exact: true }).tap();
    await expect.poll(() => perfetto.isVisible(), PATIENCE).toBe(true);
    await page.getByRole('button', { name: 'More', exact: true }).tap();
    await page.getByRole('button', { name: 'Go to a trace' }).tap();
    await expect.poll(() => page.getByLabel('Go to trace id').isVisible(), PATIENCE).toBe(true);
    await expect.poll(() => overflow(page), PATIENCE).toBeLessThanOrEqual(0);
    await page.getByRole('button', { name: 'Go to a trace' }).tap();
    await rowOf(page, 'executor span').tap();
    const panel = page.getByRole('complementary', { name: 'Span' });
    expect((await panel.boundingBox())!.width).toBe(390);
    await viewer.shoot(page, 'viewer-phone-span');
    await panel.getByRole('button', { name: 'Close details' }).tap();
    await expect.poll(() => panel.count(), PATIENCE).toBe(0);
    expect(trouble).toEqual([]);
  });

  it('is dark where the system is, and as its reader chose after that', async () => {
    await viewer.post(taskTrace({ traceId: TRACE, failing: true }));
    await using opened = await viewer.open(`/zipkin/traces/${TRACE}?span=000000000000000c`, {
      colorScheme: 'dark',
    });
    const { page, trouble } = opened;
    await rowOf(page, 'save task').waitFor(PATIENCE);
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    await viewer.shoot(page, 'viewer-dark');
    await page.getByRole('button', { name: /^Colours/ }).click();
    await expect.poll(ground, PATIENCE).toBe(dark);
    await page.getByRole('button', { name: /^Colours/ }).click();
    await expect.poll(ground, PATIENCE).not.toBe(dark);
    await page.reload();
    await rowOf(page, 'save task').waitFor(PATIENCE);
    await expect.poll(ground, PATIENCE).not.toBe(dark);
    expect(trouble).toEqual([]);
  });
});
