import { mkdir } from 'node:fs/promises';
import { launchBrowser } from '@distrace/browser';
import type { TestBrowser } from '@distrace/browser';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startRunner } from './support/runner.ts';
import type { Runner } from './support/runner.ts';

let runner: Runner;
let started: TestBrowser;
let url: string;
let traces: string;

beforeAll(async () => {
  runner = startRunner([], { AMQP_URL: inject('amqpUrl') });
  started = await launchBrowser();
  await runner.printed(/Ctrl-C stops/);
  traces = await runner.printed(/traces\s+(http:\/\/\S+:\d+\/zipkin\/)\n/);
  url = await runner.printed(/client\s+(http:\/\/\S+:\d+\/)\n/);
}, 180_000);

afterAll(async () => {
  await started[Symbol.asyncDispose]();
  await runner[Symbol.asyncDispose]();
});

/** Screenshots are kept where `SCREENSHOTS` says, for a person to look at. */
async function screenshot(page: { screenshot(options: { path: string }): Promise<unknown> }, name: string) {
  const folder = process.env['SCREENSHOTS'];
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png` });
}

describe('the client’s page', () => {
  it.each([
    ['light', { width: 1100, height: 800 }],
    ['dark', { width: 390, height: 800 }],
  ] as const)('counts words and shows hostile ones as text (%s)', async (colorScheme, viewport) => {
    const context = await started.browser.newContext({ colorScheme, viewport });
    const page = await context.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await page.goto(url);
    await page.getByLabel('Text').fill('<img src=x onerror=alert(1)> word word');
    await page.getByRole('button', { name: 'Count' }).click();
    await page.getByText('Done.').waitFor();

    const shown = await page.locator('#result').innerText();
    expect(shown).toContain('word (2)');
    const traceId = /[0-9a-f]{32}/.exec(shown)?.[0];
    expect(await page.locator('#result a').getAttribute('href')).toBe(`${traces}traces/${traceId}`);
    expect(await page.locator('#result img').count()).toBe(0);
    const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(errors).toEqual([]);
    await screenshot(page, `client-${colorScheme}`);
    await context.close();
  });

  it('says what is wrong with an empty text', async () => {
    const page = await started.browser.newPage();
    await page.goto(url);
    await page.getByLabel('Text').fill('');
    await page.getByRole('button', { name: 'Count' }).click();
    const status = page.getByRole('status').filter({ hasText: /text/i });
    await status.waitFor();
    expect(await status.getAttribute('class')).toBe('error');
    await screenshot(page, 'client-empty');
  });
});
