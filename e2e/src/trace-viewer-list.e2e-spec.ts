import { readFile } from 'node:fs/promises';
import { decodeSpans, encodeV2, mergeSpans } from '@distrace/zipkin';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenTrace, taskTrace } from './support/viewer-samples.ts';
import { openViewer, PATIENCE, rowOf } from './support/viewer-page.ts';
import type { Page, ViewerBrowser } from './support/viewer-page.ts';

const TRACE = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
const FAILED = '65fa10c17be11d2e9c3f5a7b1d2e4f61';
const BROKEN = '65fa10c07be11d2e9c3f5a7b1d2e4f62';

/** As a date field of this machine's browser has it. */
const dateField = (ms: number): string =>
  new Date(ms - new Date(ms).getTimezoneOffset() * 60_000)
    .toISOString()
    .slice(0, 19)
    // Chromium leaves out seconds that are 0, and Playwright then takes the field for malformed.
    .replace(/:00$/, '');

let viewer: ViewerBrowser;

beforeAll(async () => {
  viewer = await openViewer();
}, 120_000);

afterAll(() => viewer[Symbol.asyncDispose]());

beforeEach(() => viewer.clear());

const listed = (page: Page) =>
  page
    .locator('.trace')
    .evaluateAll((all) => all.map((one) => (one as unknown as { dataset: { trace: string } }).dataset.trace));
async function expectListed(page: Page, ...ids: readonly string[]): Promise<void> {
  await expect.poll(() => listed(page), PATIENCE).toEqual(ids);
}

describe('the list', () => {
  it('shows traces as they come, stands still when paused, and can be cleared', async () => {
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    await page.getByText('Waiting for spans').waitFor(PATIENCE);
    await page.locator('.live-state.live').waitFor(PATIENCE);
    const now = Date.now() * 1000;
    await viewer.post(taskTrace({ traceId: TRACE, start: now - 30e6 }));
    await expectListed(page, TRACE);
    await expect.poll(() => page.locator('.trace .trace-facts').innerText(), PATIENCE).toContain('14 spans');

    // What came before the pause has been told of.
    await expect.poll(() => page.locator('.counts').innerText(), PATIENCE).toContain('14 spans stored');
    await page.getByRole('button', { name: 'Pause' }).click();
    await viewer.post(taskTrace({ traceId: FAILED, start: now - 20e6, failing: true }));
    await page.getByRole('button', { name: 'Go on: 1 changed' }).waitFor(PATIENCE);
    await expect.poll(() => listed(page), PATIENCE).toEqual([TRACE]);
    await page.getByRole('button', { name: 'Go on: 1 changed' }).click();
    await expectListed(page, FAILED, TRACE);
    await expect.poll(() => page.locator('.trace').first().innerText(), PATIENCE).toContain('2 errors');

    await viewer.post(brokenTrace(BROKEN, now - 10e6));
    await expectListed(page, BROKEN, FAILED, TRACE);
    await expect
      .poll(() => page.locator('.trace').first().innerText(), PATIENCE)
      .toMatch(/1 open\s+incomplete/);
    await viewer.shoot(page, 'viewer-list');

    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => listed(page), PATIENCE).toHaveLength(3);
    await page.getByRole('button', { name: 'Remove all traces?' }).click();
    await page.getByText('Waiting for spans').waitFor(PATIENCE);
    expect(trouble).toEqual([]);
  });

  it('searches by every field, and keeps the search in the address', async () => {
    const now = Date.now() * 1000;
    await viewer.post(taskTrace({ traceId: TRACE, start: now - 3600e6 }));
    await viewer.post(taskTrace({ traceId: FAILED, start: now - 20e6, failing: true }));
    await viewer.post(brokenTrace(BROKEN, now - 10e6));
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    await expectListed(page, BROKEN, FAILED, TRACE);
    const search = async (field: string, value: string): Promise<void> => {
      await page.locator(`[name=${field}]`).fill(value);
      await page.getByRole('button', { name: 'Search', exact: true }).click();
    };
    const reset = () => page.getByRole('button', { name: 'Reset' }).click();
    await search('text', 'DATABASE IS LOCKED');
    await expectListed(page, FAILED);
    await page.reload();
    await expectListed(page, FAILED);
    await expect.poll(() => page.locator('[name=text]').inputValue(), PATIENCE).toBe('DATABASE IS LOCKED');
    await reset();
    await search('spanName', 'process results');
    await expectListed(page, FAILED, TRACE);
    await reset();
    await search('annotationQuery', 'error=database is locked and db.system.name');
    await expectListed(page, FAILED);
    await reset();
    await search('minDuration', '100ms');
    await expectListed(page, FAILED, TRACE);
    await reset();
    await search('maxDuration', '0.1s');
    await expectListed(page, BROKEN);
    await reset();
    await page.locator('[name=lookback]').selectOption('900000');
    await expectListed(page, BROKEN, FAILED);
    await page.getByLabel('Errors only').check();
    await expectListed(page, FAILED);
    await reset();
    await page.locator('[name=lookback]').selectOption('range');
    await page.getByLabel('From', { exact: true }).fill(dateField(now / 1000 - 7200e3));
    await page.getByLabel('To', { exact: true }).fill(dateField(now / 1000 - 60e3));
    await expectListed(page, TRACE);
    await viewer.shoot(page, 'viewer-range');
    await page.reload();
    await expectListed(page, TRACE);
    await page.getByLabel('To', { exact: true }).fill(dateField(now / 1000 - 7300e3));
    await page.getByText('The end must come after the beginning.').waitFor(PATIENCE);
    await reset();
    await expectListed(page, BROKEN, FAILED, TRACE);
    await page.locator('[name=serviceName]').selectOption('exporter');
    await expectListed(page, BROKEN, FAILED, TRACE);
    await search('minDuration', 'soon');
    await expect.poll(() => page.getByRole('alert').innerText(), PATIENCE).toContain('Write a duration');
    expect(new URL(page.url()).searchParams.has('minDuration')).toBe(false);
    await page.goBack();
    await expectListed(page, BROKEN, FAILED, TRACE);
    await search('remoteServiceName', 'sqlite');
    await expectListed(page, BROKEN, FAILED, TRACE);
    await search('remoteServiceName', 'mongodb');
    await page.getByRole('button', { name: 'Show all traces' }).click(PATIENCE);
    await page.locator('[name=sort]').selectOption('longest');
    await expectListed(page, FAILED, TRACE, BROKEN);
    await page.reload();
    await expectListed(page, FAILED, TRACE, BROKEN);
    expect(trouble).toEqual([]);
  });

  it('goes to a trace by its id or by a link to it', async () => {
    await viewer.post(taskTrace({ traceId: TRACE }));
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    await page.getByLabel('Go to trace id').fill('nonsense');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.getByRole('alert').innerText(), PATIENCE).toContain('No trace id');
    await page.getByLabel('Go to trace id').fill(`http://elsewhere:9411/zipkin/traces/${TRACE}`);
    await page.keyboard.press('Enter');
    await rowOf(page, 'save task').waitFor(PATIENCE);
    await page.goto(`${viewer.url}/zipkin/`);
    await page.getByLabel('Go to trace id').fill(`00-${TRACE}-000000000000000c-01`);
    await page.keyboard.press('Enter');
    await rowOf(page, 'save task').waitFor(PATIENCE);
    expect(trouble).toEqual([]);
  });
});

describe('files', () => {
  it('are read, shown and written without the server', async () => {
    const spans = taskTrace({ traceId: TRACE });
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    const file = page.getByLabel('Files of spans');
    await file.setInputFiles({
      name: 'bad.json',
      mimeType: 'application/json',
      buffer: Buffer.from('[{"id":1}]'),
    });
    await expect
      .poll(() => page.getByRole('alert').innerText(), PATIENCE)
      .toContain('bad.json cannot be read as spans.');
    await file.setInputFiles({
      name: 'mine.json',
      mimeType: 'application/json',
      buffer: Buffer.from(encodeV2(spans)),
    });
    await rowOf(page, 'save task').waitFor(PATIENCE);
    await expect.poll(() => page.getByText('from mine.json').count(), PATIENCE).toBe(1);
    expect((await fetch(`${viewer.url}/api/v2/trace/${TRACE}`)).status).toBe(404);

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'JSON', exact: true }).click(),
    ]);
    const written = decodeSpans(await readFile(await download.path(), 'utf8'));
    expect(mergeSpans(written)).toEqual(mergeSpans(spans));

    const [perfetto] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Perfetto' }).click(),
    ]);
    const { traceEvents } = JSON.parse(await readFile(await perfetto.path(), 'utf8')) as {
      traceEvents: { ph: string }[];
    };
    expect(traceEvents.filter(({ ph }) => ph === 'X')).toHaveLength(spans.length);
    expect(trouble).toEqual([]);
  });

  it('of a trace that the server has too are another trace, beside it', async () => {
    const spans = taskTrace({ traceId: TRACE });
    await viewer.post(spans);
    await using opened = await viewer.open(`/zipkin/traces/${TRACE}`);
    const { page, trouble } = opened;
    await rowOf(page, 'save task').waitFor(PATIENCE);
    await page.getByLabel('Files of spans').setInputFiles({
      name: 'same.json',
      mimeType: 'application/json',
      buffer: Buffer.from(encodeV2(spans.slice(0, 5))),
    });
    await page.getByText('from same.json').waitFor(PATIENCE);
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(5);
    await page.goBack();
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(14);
    await expect.poll(() => page.getByText('from same.json').count(), PATIENCE).toBe(0);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await page.locator('.trace').nth(1).waitFor(PATIENCE);
    const focused = () => page.evaluate('document.activeElement.getAttribute("href")');
    await page.keyboard.press('j');
    await expect.poll(focused, PATIENCE).toBe(`/zipkin/traces/${TRACE}?file=same.json`);
    await page.keyboard.press('j');
    await expect.poll(focused, PATIENCE).toBe(`/zipkin/traces/${TRACE}`);
    await page.keyboard.press('k');
    await page.keyboard.press('Enter');
    await page.getByText('from same.json').waitFor(PATIENCE);
    expect(trouble).toEqual([]);
  });

  it('that are opened from the list appear there', async () => {
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    await page.getByText('Waiting for spans').waitFor(PATIENCE);
    const file = (name: string, traceId: string) => ({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(encodeV2(taskTrace({ traceId }))),
    });
    await page.getByLabel('Files of spans').setInputFiles([file('a.json', TRACE), file('b.json', FAILED)]);
    await page.getByText('From files, in this tab only').waitFor(PATIENCE);
    await expect.poll(async () => (await listed(page)).toSorted(), PATIENCE).toEqual([FAILED, TRACE]);
    expect(trouble).toEqual([]);
  });

  it('with several traces are listed, and can be dropped anywhere', async () => {
    const spans = [...taskTrace({ traceId: TRACE }), ...taskTrace({ traceId: FAILED, failing: true })];
    await using opened = await viewer.open('/zipkin/dependency');
    const { page, trouble } = opened;
    await page.getByText('No calls between services yet').waitFor(PATIENCE);
    const transfer = await page.evaluateHandle(
      `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(encodeV2(spans))}], 'two.json', { type: 'application/json' })); return data; })()`,
    );
    await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await page.getByText('Drop JSON files of spans').waitFor();
    await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await page.getByText('From files, in this tab only').waitFor(PATIENCE);
    expect((await listed(page)).toSorted()).toEqual([FAILED, TRACE]);
    await page.getByRole('button', { name: 'Forget them' }).click();
    await expect.poll(() => listed(page), PATIENCE).toEqual([]);
    expect(trouble).toEqual([]);
  });
});

describe('dependencies', () => {
  it('are drawn as services and arrows with their calls', async () => {
    await viewer.post(taskTrace({ traceId: FAILED, failing: true }));
    await using opened = await viewer.open('/zipkin/dependency');
    const { page, trouble } = opened;
    await page.locator('.node').first().waitFor(PATIENCE);
    const names = await page.locator('.node text').allTextContents();
    expect(names.toSorted()).toEqual(['client', 'executor', 'exporter', 'rabbitmq', 'sqlite']);
    await expect.poll(() => page.locator('.calls-label.failed').textContent(), PATIENCE).toBe('1 (1 failed)');
    await viewer.shoot(page, 'viewer-dependencies');
    // Pointing at a service leaves its own calls bright, in the picture and in the table.
    await page.locator('.picture a', { hasText: 'sqlite' }).hover();
    await expect.poll(() => page.locator('.edge.meant').count(), PATIENCE).toBe(1);
    await expect.poll(() => page.locator('.call-table tbody tr:not(.dim)').count(), PATIENCE).toBe(1);
    await page.getByRole('button', { name: 'Called' }).click();
    await expect
      .poll(() => page.locator('.call-table tbody tr').first().innerText(), PATIENCE)
      .toMatch(/^rabbitmq\s+client/);
    await page.locator('[name=lookback]').selectOption('3600000');
    await page.waitForURL((url) => url.searchParams.get('lookback') === '3600000');
    // Who recorded nothing is looked for as whom somebody called.
    await page.locator('.picture a', { hasText: 'sqlite' }).click();
    await page.waitForURL((url) => url.searchParams.get('remoteServiceName') === 'sqlite');
    await expectListed(page, FAILED);
    await page.goBack();
    await page.locator('.picture a', { hasText: 'executor' }).click(PATIENCE);
    await page.waitForURL((url) => url.searchParams.get('serviceName') === 'executor');
    await expectListed(page, FAILED);
    expect(trouble).toEqual([]);
  });
});
