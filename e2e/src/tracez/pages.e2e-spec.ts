import { request } from 'node:http';
import { join } from 'node:path';
import { launchBrowser } from '@distrace/browser';
import type { TestBrowser } from '@distrace/browser';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startDeployment } from '../support/deployment.ts';
import type { AppName, Deployment } from '../support/deployment.ts';
import { postTask } from '../support/tasks.ts';

type Page = Awaited<ReturnType<TestBrowser['browser']['newPage']>>;

const APPS = ['client', 'executor', 'exporter'] as const satisfies readonly AppName[];
const OF_A_TASK = {
  client: ['Main Client Span', 'POST /tasks', 'process notifications', 'send tasks'],
  executor: ['count words', 'Executor span', 'process tasks', 'send results'],
  exporter: ['Exporter span', 'process results', 'save task', 'send notifications'],
} as const;
const VIEWER = 'http://127.0.0.1:9411/zipkin/traces/{traceId}';

const PATIENTLY = { timeout: 20_000, interval: 50 };

let deployment: Deployment;
let started: TestBrowser;
let traceId: string;

beforeAll(async () => {
  started = await launchBrowser();
  deployment = await startDeployment(inject('amqpUrl'), { DISTRACE_ZPAGES_TRACE_URL: VIEWER });
  // Alone: of spans that end within a second a page keeps the first.
  const task = await postTask(deployment.url('client'), 'to be or not to be');
  traceId = task.traceId ?? '';
  await Promise.all(
    Array.from({ length: 4 }, () => postTask(deployment.url('client'), 'that is the question')),
  );
}, 180_000);

afterAll(async () => {
  await deployment?.[Symbol.asyncDispose]();
  await started?.[Symbol.asyncDispose]();
});

async function open(url: string) {
  const context = await started.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
  page.on(
    'request',
    (request) => new URL(request.url()).origin === new URL(url).origin || trouble.push(request.url()),
  );
  await page.goto(url);
  return { page, trouble, [Symbol.asyncDispose]: () => context.close() };
}

/** Screenshots are kept where `SCREENSHOTS` says, for a person to look at. */
async function keepScreenshot(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder !== undefined) await page.screenshot({ path: join(folder, `${name}.png`), fullPage });
}

describe('the pages in a browser', () => {
  it.each(APPS)('lead in the %s from the landing page to every span of a task', async (app) => {
    const base = `${deployment.url(app)}/zpages/`;
    await using opened = await open(base);
    const { page, trouble } = opened;
    await keepScreenshot(page, `${app}-landing`);
    await page.getByRole('link', { name: 'tracez' }).first().click();
    await page.waitForURL(`${base}tracez`);
    const names = await page.locator('table.names tbody a.name').allInnerTexts();
    expect(names.toSorted()).toEqual(OF_A_TASK[app].toSorted());
    await keepScreenshot(page, `${app}-names`);

    const links = await page
      .locator('main a[href]')
      .evaluateAll((all) => all.map((a) => (a as unknown as { href: string }).href));
    expect(links.length).toBeGreaterThan(names.length * 2);
    for (const link of new Set(links)) {
      const answer = await page.request.get(link);
      expect(answer.status(), link).toBe(200);
    }
    await page.getByRole('link', { name: OF_A_TASK[app][1], exact: true }).click();
    await page.locator('main h1').waitFor();
    expect(await page.locator('article').count()).toBeGreaterThan(0);
    await keepScreenshot(page, `${app}-row`, { fullPage: true });
    expect(trouble).toEqual([]);
  });

  it.each(APPS)('show of the %s its part of one trace, with a link to all of it', async (app) => {
    await using opened = await open(`${deployment.url(app)}/zpages/tracez?trace=${traceId}`);
    const { page, trouble } = opened;
    const text = await page.locator('main').innerText();
    for (const name of OF_A_TASK[app]) expect(text).toContain(name);
    const viewer = page.locator(`a[href="${VIEWER.replace('{traceId}', traceId)}"]`);
    expect(await viewer.count()).toBeGreaterThan(0);
    await keepScreenshot(page, `${app}-trace`, { fullPage: true });
    expect(trouble).toEqual([]);
  });

  it('show a task of the client while it runs, and that it has ended, without a reload', async () => {
    await using opened = await open(`${deployment.url('client')}/`);
    const { page, trouble } = opened;
    await page.getByRole('link', { name: 'See what runs here now' }).click();
    const row = page.locator('table.names tbody tr', { hasText: 'Main Client Span' });
    const running = row.locator('td').first();
    await expect.poll(() => running.innerText(), PATIENTLY).toBe('0');
    deployment.process('exporter').kill('SIGSTOP');
    const answer = postTask(deployment.url('client'), 'to be or not to be');
    await expect.poll(() => running.innerText(), PATIENTLY).toBe('1');
    await keepScreenshot(page, 'client-in-flight');
    await running.getByRole('link').click();
    await page.locator('article', { hasText: 'tskPreprocessed' }).waitFor();
    await keepScreenshot(page, 'client-running');
    await page.goBack();
    deployment.process('exporter').kill('SIGCONT');
    expect(await answer).toMatchObject({ code: 201 });
    await expect.poll(() => running.innerText(), PATIENTLY).toBe('0');
    expect(trouble).toEqual([]);
  });
});

describe('the pages in a terminal', () => {
  it.each(APPS)('are a table of what the %s did, that fits a wide terminal', async (app) => {
    const answer = await fetch(`${deployment.url(app)}/zpages/tracez`, { headers: { accept: 'text/plain' } });
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    const lines = (await answer.text()).split('\n');
    for (const name of OF_A_TASK[app]) expect(lines.some((line) => line.startsWith(name))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(200);
  });
});

describe('who may see the pages', () => {
  it('is who asks straight from this machine under its own name, unless more are named', async () => {
    const { hostname, port } = new URL(deployment.url('executor'));
    const ask = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ host: hostname, port, path: '/zpages/tracez', headers }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        })
          .on('error', reject)
          .end();
      });
    expect(await ask({})).toBe(200);
    expect(await ask({ host: 'evil.test' })).toBe(403);
    expect(await ask({ 'x-forwarded-for': '127.0.0.1' })).toBe(403);
  });
});

describe('a service with pages that are looked at', () => {
  it('ends in order at SIGTERM', async () => {
    await using opened = await open(`${deployment.url('executor')}/zpages/tracez`);
    expect(await opened.page.locator('#live-state').innerText()).toBe('live');
    expect(await deployment.end('executor', 'SIGTERM')).toBe(0);
    await deployment.start('executor');
  });
});
