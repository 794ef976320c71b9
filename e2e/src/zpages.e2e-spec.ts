import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@distrace/browser';
import type { TestBrowser } from '@distrace/browser';
import { createZpages } from '@distrace/zpages/core';
import type { Zpages } from '@distrace/zpages/core';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Tracer } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

type Page = Awaited<ReturnType<TestBrowser['browser']['newPage']>>;
type ContextOptions = Parameters<TestBrowser['browser']['newContext']>[0];

const HOSTILE = [
  '"><img src=x onerror=alert(1)>',
  '<lambda>',
  "');alert(1)//",
  '</main><h1>mine</h1>',
  '\ud800',
  '',
];

let started: TestBrowser;
let zpages: Zpages;
let tracer: Tracer;
let url: string;
let folder: string;

beforeAll(async () => {
  started = await launchBrowser();
  folder = process.env['SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'distrace-zpages-')));
  await mkdir(folder, { recursive: true });
}, 60_000);

afterAll(async () => {
  await started[Symbol.asyncDispose]();
});

beforeEach(async () => {
  zpages = createZpages({ serviceName: 'executor', sampleIntervalMs: 0, stuckAfterMs: 60_000 });
  tracer = new TracerProvider({ spanProcessors: [zpages.processor] }).getTracer('e2e');
  ({ url } = await zpages.listen({ port: 0 }));
  return () => zpages.close();
});

/** A page that fails the test for anything its policy refuses, any error and any request that leaves the origin. */
async function open(path: string, options: ContextOptions = {}) {
  const context = await started.browser.newContext(options);
  const page = await context.newPage();
  await page.clock.install();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  page.on('dialog', (dialog) => trouble.push(dialog.message()));
  page.on('request', (request) => request.url().startsWith(url) || trouble.push(request.url()));
  await page.goto(url + path);
  return { page, trouble, [Symbol.asyncDispose]: () => context.close() };
}

function end(name: string, ms = 5, error?: string): void {
  const startTime = Date.now() - ms;
  const span = tracer.startSpan(name, { startTime, kind: SpanKind.CONSUMER }, ROOT_CONTEXT);
  if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
  span.end(startTime + ms);
}

const names = (page: Page) => page.locator('table.names tbody a.name').allInnerTexts();

describe('tracez in a browser', () => {
  it('N07: makes no element of hostile names, keys, values, events and statuses', async () => {
    for (const evil of HOSTILE) {
      const span = tracer.startSpan(evil, { attributes: { [evil || 'k']: evil } }, ROOT_CONTEXT);
      span.addEvent(evil, { [evil || 'k']: evil });
      span.setStatus({ code: SpanStatusCode.ERROR, message: evil });
      span.end();
    }
    await using opened = await open('tracez');
    const { page, trouble } = opened;
    const links = await page
      .locator('table.names tbody td a')
      .evaluateAll((all) => all.map((a) => (a as unknown as { href: string }).href));
    expect(links).toHaveLength(HOSTILE.length);
    for (const link of ['', ...links]) {
      if (link !== '') await page.goto(link);
      expect(await page.locator('img, lambda, main h1:text-is("mine"), script:not([src])').count()).toBe(0);
    }
    await page.goto(links.find((link) => link.includes('onerror')) ?? '');
    expect(await page.locator('h1').innerText()).toBe(HOSTILE[0]);
    expect(trouble).toEqual([]);
  });

  it('N15: asks its own origin only, and nothing is refused by its policy', async () => {
    end('GET /');
    const span = tracer.startSpan('open', {}, ROOT_CONTEXT);
    for (const path of [
      '',
      'tracez',
      'tracez?name=GET%20%2F',
      `tracez?trace=${span.spanContext().traceId}`,
      'tracez?type=running',
    ]) {
      await using opened = await open(path);
      await opened.page.locator('main h1').waitFor();
      expect(opened.trouble, path).toEqual([]);
    }
  });

  it('refreshes while it is looked at, keeps the focus, and stands still when paused', async () => {
    end('b');
    await using opened = await open('tracez');
    const { page, trouble } = opened;
    await page.locator('table.names a.name').first().focus();
    end('a');
    await page.getByRole('link', { name: 'a', exact: true }).waitFor({ timeout: 20_000 });
    expect(await names(page)).toEqual(['a', 'b']);
    expect(await page.evaluate('document.activeElement.textContent')).toBe('b');
    expect(await page.locator('#live-state').innerText()).toBe('live');

    await page.keyboard.press('p');
    await page.getByRole('button', { name: 'Go on', pressed: true }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    end('c');
    await page.clock.fastForward(60_000);
    expect([asked, await names(page)]).toEqual([[], ['a', 'b']]);
    await page.keyboard.press('p');
    await page.getByRole('link', { name: 'c', exact: true }).waitFor({ timeout: 20_000 });
    expect(trouble).toEqual([]);
  });

  it('lets the ages of running spans tick, and stops at a pause', async () => {
    tracer.startSpan('stuck', { startTime: Date.now() - 61_000 }, ROOT_CONTEXT);
    tracer.startSpan('young', { startTime: Date.now() - 1000 }, ROOT_CONTEXT);
    await using opened = await open('tracez?type=running');
    const { page } = opened;
    const age = page.locator('.age').last();
    const before = await age.innerText();
    expect(before).toMatch(/ s$/);
    await page.waitForFunction(
      ([text]) =>
        ![
          ...(
            globalThis as unknown as {
              document: { querySelectorAll(q: string): Iterable<{ textContent: string }> };
            }
          ).document.querySelectorAll('.age'),
        ].some((e) => e.textContent === text),
      [before],
    );
    await page.goto(`${url}tracez`);
    expect(await page.getByRole('heading', { name: /runs for more than 1 min/ }).count()).toBe(1);
    await page.getByRole('button', { name: 'Pause' }).click();
    const paused = await page.locator('.stuck .age').innerText();
    await page.clock.fastForward(10_000);
    expect(await page.locator('.stuck .age').innerText()).toBe(paused);
  });

  it('says that it waits for a service that does not answer, gives up, and is live again with it', async () => {
    let isFrozen = false;
    const authorize = () => (isFrozen ? new Promise<boolean>(() => {}) : true);
    const frozen = createZpages({ processor: zpages.processor, authorize });
    const listening = await frozen.listen({ port: 0 });
    url = listening.url;
    tracer.startSpan('runs', { startTime: Date.now() - 1000 }, ROOT_CONTEXT);
    await using opened = await open('tracez?type=running');
    const { page, trouble } = opened;
    const state = (text: string) =>
      page.locator('#live-state', { hasText: text }).waitFor({ timeout: 20_000 });
    await state('live');
    isFrozen = true;
    await page.keyboard.press('r');
    await page.clock.fastForward(3500);
    await state('waiting for the service');
    const age = await page.locator('.age').innerText();
    await page.clock.fastForward(7000);
    await state('no answer from the service');
    expect(await page.locator('.age').innerText()).toBe(age);
    isFrozen = false;
    await page.clock.fastForward(2500);
    await state('live');
    expect(trouble).toEqual([]);
    await listening.close();
  });

  it('sorts and filters in place, with the choice in the address', async () => {
    for (const [name, number] of [
      ['apple', 1],
      ['banana', 3],
      ['cherry', 2],
    ] as const) {
      for (let i = 0; i < number; i++) end(name, 5, 'no');
    }
    await using opened = await open('tracez');
    const { page, trouble } = opened;
    await page.getByRole('columnheader', { name: 'Errors' }).getByRole('link').click();
    await page.locator('th[aria-sort="descending"]', { hasText: 'Errors' }).waitFor();
    expect(await names(page)).toEqual(['banana', 'cherry', 'apple']);
    expect(page.url()).toBe(`${url}tracez?sort=errors`);
    await page.keyboard.press('/');
    await page.keyboard.type('AN');
    await page.getByText('1 of 3 names').waitFor();
    expect(await names(page)).toEqual(['banana']);
    expect(await page.getByRole('searchbox').inputValue()).toBe('AN');
    expect(page.url()).toContain('q=AN');
    await page.reload();
    expect(await names(page)).toEqual(['banana']);
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('banana');
    expect(trouble).toEqual([]);
  });

  it('is led by the keyboard: ? shows the keys, arrows walk through rows, Enter opens one, u leads up', async () => {
    for (const name of ['a', 'b', 'c']) end(name, 5, name === 'c' ? 'no' : undefined);
    await using opened = await open('tracez');
    const { page, trouble } = opened;
    const focused = () => page.evaluate('document.activeElement.textContent');
    const keys = page.locator('#keys dl');
    expect(await keys.isVisible()).toBe(false);
    await page.keyboard.press('?');
    await keys.waitFor();
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'hidden' });
    await page.keyboard.press('j');
    expect(await focused()).toBe('a');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('b');
    await page.keyboard.press('k');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('c');
    await page.keyboard.press('j');
    await page.keyboard.press('e');
    expect(await focused()).toBe('c');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/tracez?name=c');
    await page.keyboard.press('u');
    await page.locator('table.names').waitFor();
    expect(trouble).toEqual([]);
  });

  it('keeps the headings in sight over a thousand names', async () => {
    for (let i = 0; i < 1000; i++) end(`GET /resource/${i}`);
    await using opened = await open('tracez', { viewport: { width: 1440, height: 900 } });
    const { page, trouble } = opened;
    await page.keyboard.press('k');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('GET /resource/999');
    const box = await page.getByRole('columnheader', { name: 'Running' }).boundingBox();
    expect(box?.y).toBeGreaterThanOrEqual(0);
    expect(box?.y).toBeLessThan(900);
    const row = await page.getByRole('link', { name: 'GET /resource/999', exact: true }).boundingBox();
    expect(row?.y).toBeGreaterThan(box?.y ?? 0);
    expect(trouble).toEqual([]);
  });

  it('N34: shows a whole trace, parent above child, and says that it is whole', async () => {
    end('query');
    const now = Date.now();
    const root = tracer.startSpan('GET /', { kind: SpanKind.SERVER, startTime: now }, ROOT_CONTEXT);
    const inRoot = trace.setSpan(ROOT_CONTEXT, root);
    tracer.startSpan('query', { startTime: now + 1 }, inRoot).end(now + 2);
    const failed = tracer.startSpan('render', { startTime: now + 3 }, inRoot);
    failed.setStatus({ code: SpanStatusCode.ERROR, message: '<b>no template</b>' }).end(now + 4);
    root.end(now + 5);
    await using opened = await open('tracez?name=GET%20%2F');
    const { page, trouble } = opened;
    await page.getByRole('link', { name: root.spanContext().traceId }).click();
    const rows = page.locator('table.trace tbody th');
    await rows.first().waitFor();
    expect((await rows.allInnerTexts()).map((text) => text.trim())).toEqual(['GET /', 'query', 'render']);
    expect(await page.locator('main .note').first().innerText()).toContain(
      '3 spans: all that this process ran of it',
    );
    expect(await page.locator('.trace .status').innerText()).toBe('error: <b>no template</b>');
    expect(await page.locator('.trace rect').count()).toBe(3);
    expect(trouble).toEqual([]);
  });

  it('can be read without JavaScript', async () => {
    end('GET /', 5);
    await using opened = await open('tracez', { javaScriptEnabled: false });
    const { page } = opened;
    expect(await page.locator('.live').isVisible()).toBe(false);
    await page.getByRole('searchbox').fill('get');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.locator('table.names td a').click();
    expect(await page.locator('article').count()).toBe(1);
  });

  it.each([
    ['light', 1440, 'light'],
    ['dark', 1440, 'dark'],
    ['light', 390, 'phone'],
    ['dark', 390, 'phone-dark'],
  ] as const)('fits a screen (%s, %i wide)', async (colorScheme, width, name) => {
    for (let i = 1; i < 40; i++) {
      end('process tasks', 2 ** (i % 12), i % 9 === 0 ? 'the broker is away' : undefined);
      end('count words', i);
    }
    for (const evil of [...HOSTILE, 'x'.repeat(4096)]) end(evil);
    const parent = tracer.startSpan('process tasks', { startTime: Date.now() - 3.7e6 }, ROOT_CONTEXT);
    await using opened = await open('tracez', { colorScheme, viewport: { width, height: 900 } });
    const { page, trouble } = opened;
    for (const [part, path] of [
      ['names', 'tracez'],
      ['errors', 'tracez?name=process%20tasks&type=error'],
      ['trace', `tracez?trace=${parent.spanContext().traceId}`],
    ]) {
      await page.goto(`${url}${path}`);
      await page.locator('main h1').waitFor();
      expect(
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
        part,
      ).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(folder, `zpages-${name}-${part}.png`) });
    }
    expect(trouble).toEqual([]);
  });
});
