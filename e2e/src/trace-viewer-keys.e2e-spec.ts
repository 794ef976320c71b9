import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { taskTrace } from './support/viewer-samples.ts';
import { openViewer, PATIENCE, rowNames, rowOf } from './support/viewer-page.ts';
import type { OpenPage, Page, ViewerBrowser } from './support/viewer-page.ts';

const TRACE = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
const OTHER = '65fa10c17be11d2e9c3f5a7b1d2e4f61';

let viewer: ViewerBrowser;
let opened: OpenPage;
let page: Page;

beforeAll(async () => {
  viewer = await openViewer();
  const now = Date.now() * 1000;
  await viewer.post(taskTrace({ traceId: TRACE, start: now - 5e6, failing: true }));
  await viewer.post(taskTrace({ traceId: OTHER, start: now - 50e6 }));
}, 120_000);

afterAll(() => viewer[Symbol.asyncDispose]());

const press = async (...keys: readonly string[]): Promise<void> => {
  for (const key of keys) await page.keyboard.press(key);
};
const selected = () => page.locator('.row.selected .name').innerText(PATIENCE);
const isPressed = (name: string | RegExp) => page.getByRole('button', { name }).getAttribute('aria-pressed');
const parameter = (name: string, value: string | null) =>
  page.waitForURL((url) => url.searchParams.get(name) === value, PATIENCE);

describe('keys in a trace', () => {
  beforeEach(async () => {
    opened = await viewer.open(`/zipkin/traces/${TRACE}`);
    ({ page } = opened);
    await rowOf(page, 'post /tasks').waitFor(PATIENCE);
    return () => opened[Symbol.asyncDispose]();
  });

  it('go up and down, to the ends, and open and close the details', async () => {
    await press('j', 'ArrowDown', 'j', 'k', 'ArrowDown', 'ArrowUp');
    await expect.poll(selected, PATIENCE).toBe('main client span');
    await press('End');
    await expect.poll(selected, PATIENCE).toBe('process notifications');
    await press('Home');
    await expect.poll(selected, PATIENCE).toBe('post /tasks');
    await expect.poll(() => page.locator('.panel').count(), PATIENCE).toBe(0);
    await press('Enter');
    await expect.poll(() => page.locator('.panel h2').innerText(), PATIENCE).toBe('post /tasks');
    await press('j');
    await expect.poll(() => page.locator('.panel h2').innerText(), PATIENCE).toBe('main client span');
    await press('Escape');
    await expect.poll(() => page.locator('.panel').count(), PATIENCE).toBe(0);
    expect(opened.trouble).toEqual([]);
  });

  it('collapse and expand: one, all, a level', async () => {
    await press('j', 'j', 'ArrowLeft');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(2);
    await press('ArrowRight');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(14);
    await press('ArrowRight');
    await expect.poll(selected, PATIENCE).toBe('send tasks');
    await press('ArrowLeft', 'ArrowLeft');
    await expect.poll(selected, PATIENCE).toBe('main client span');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(3);
    await press(' ');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(2);
    await press(' ');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(3);
    await press('c');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(1);
    await press('E', 'E');
    await expect
      .poll(() => rowNames(page), PATIENCE)
      .toEqual(['post /tasks', 'main client span', 'send tasks']);
    await press('C');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(2);
    await press('e');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(14);
    expect(opened.trouble).toEqual([]);
  });

  it('go from error to error', async () => {
    await press('n');
    await expect.poll(selected, PATIENCE).toBe('exporter span');
    await press('n');
    await expect.poll(selected, PATIENCE).toBe('save task');
    await press('n', 'p');
    await expect.poll(selected, PATIENCE).toBe('save task');
    expect(opened.trouble).toEqual([]);
  });

  it('search, go from match to match, and hide or dim the rest', async () => {
    await press('/');
    await page.keyboard.type('count words');
    await expect.poll(() => page.locator('.match-count').innerText(), PATIENCE).toBe('3 matches');
    await expect.poll(() => page.locator('.row.dim').count(), PATIENCE).toBe(11);
    await press('Enter');
    await expect.poll(selected, PATIENCE).toBe('count words');
    await expect.poll(() => page.locator('.match-count').innerText(), PATIENCE).toBe('1 / 3 matches');
    // Keys are text again once the field is left.
    await page.locator('.rows').focus();
    const second = page.locator('.row.selected');
    const first = await second.getAttribute('style');
    await press('.');
    await expect.poll(() => second.getAttribute('style'), PATIENCE).not.toBe(first);
    await press(',');
    await expect.poll(() => second.getAttribute('style'), PATIENCE).toBe(first);
    await press('h');
    await expect.poll(() => isPressed('Filter'), PATIENCE).toBe('true');
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(8);
    await press('h', '/', 'Escape');
    await expect.poll(() => page.locator('.row.dim').count(), PATIENCE).toBe(0);
    expect(opened.trouble).toEqual([]);
  });

  it('zoom in and out, to a span, and move', async () => {
    await press('n', 'f');
    await page.waitForURL((url) => url.searchParams.has('zoom'));
    const zoomed = new URL(page.url()).searchParams.get('zoom')!;
    await press('Shift+ArrowLeft');
    await page.waitForURL((url) => url.searchParams.get('zoom') !== zoomed);
    await press('Shift+ArrowRight');
    await page.waitForURL((url) => {
      const [now, then] = [url.searchParams.get('zoom')!, zoomed].map((text) => Number(text.split('-')[0]));
      // Whole microseconds, twice rounded.
      return Math.abs(now! - then!) <= 2;
    });
    await press('0');
    await parameter('zoom', null);
    await press('+', '=');
    await page.waitForURL((url) => url.searchParams.has('zoom'));
    await press('-', '-', '-');
    await parameter('zoom', null);
    expect(opened.trouble).toEqual([]);
  });

  it('switch groups, the critical path and colours', async () => {
    await press('g');
    await parameter('group', 'true');
    await expect.poll(() => page.locator('.row.group').count(), PATIENCE).toBe(1);
    await press('x');
    await parameter('path', 'true');
    await expect.poll(() => isPressed('Critical path'), PATIENCE).toBe('true');
    // A span in a folded group is marked where it is folded.
    await press('End', 'Home', 'e');
    await rowOf(page, 'count words').nth(2).click();
    await page.locator('.row.group .twist').click();
    await expect.poll(() => page.locator('.row.group.selected').count(), PATIENCE).toBe(1);
    await press('Escape', 'g', 'x');
    await parameter('path', null);
    // No clock of this trace can be moved, so there is nothing to switch.
    await press('s', 'x');
    await parameter('path', 'true');
    expect(new URL(page.url()).searchParams.has('clocks')).toBe(false);
    await expect.poll(() => page.getByRole('button', { name: /Adjust clocks/ }).count(), PATIENCE).toBe(0);
    const theme = () => page.evaluate('document.documentElement.dataset.theme ?? "system"');
    await press('t');
    await expect.poll(theme, PATIENCE).toBe('dark');
    await press('t', 't');
    await expect.poll(theme, PATIENCE).toBe('system');
    expect(opened.trouble).toEqual([]);
  });

  it('copy a link, download, help, and go back to the list', async () => {
    await press('n');
    await page.waitForURL((url) => url.searchParams.has('span'));
    await press('y');
    await expect
      .poll(() => page.evaluate('navigator.clipboard.readText()'), PATIENCE)
      .toBe(`${viewer.url}/zipkin/traces/${TRACE}?span=000000000000000b`);
    await page.getByText('Link copied').waitFor(PATIENCE);
    const [download] = await Promise.all([page.waitForEvent('download'), press('d')]);
    expect(download.suggestedFilename()).toBe(`trace-${TRACE}.json`);
    await press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard' });
    await expect.poll(() => help.locator('kbd').count(), PATIENCE).toBeGreaterThan(30);
    await viewer.shoot(page, 'viewer-keys');
    // What is below it does not move meanwhile.
    await press('n');
    await expect.poll(selected, PATIENCE).toBe('exporter span');
    await press('Escape');
    await expect.poll(() => help.count(), PATIENCE).toBe(0);
    await press('u');
    await page.locator('.trace').first().waitFor(PATIENCE);
    expect(opened.trouble).toEqual([]);
  });
});

describe('keys in the list', () => {
  it('go up and down, open, search and pause', async () => {
    opened = await viewer.open('/zipkin/');
    ({ page } = opened);
    await page.locator('.trace').nth(1).waitFor(PATIENCE);
    await press('l');
    await expect.poll(() => page.locator('.live-state').innerText(), PATIENCE).toBe('Paused');
    await press('l');
    await page.locator('.live-state.live').waitFor(PATIENCE);
    await press('/');
    await expect.poll(() => page.evaluate('document.activeElement.name'), PATIENCE).toBe('text');
    await page.evaluate('document.activeElement.blur()');
    await press('j', 'j', 'k', 'End', 'Home', 'j');
    await expect.poll(() => page.evaluate('document.activeElement.dataset.trace'), PATIENCE).toBe(OTHER);
    await press('Enter');
    await page.waitForURL(`${viewer.url}/zipkin/traces/${OTHER}`);
    // The way back leads to the same search.
    await page.goto(`${viewer.url}/zipkin/?errors=true`);
    await page.locator('.trace').click(PATIENCE);
    await rowOf(page, 'post /tasks').waitFor(PATIENCE);
    await page.reload();
    await rowOf(page, 'post /tasks').waitFor(PATIENCE);
    await press('u');
    await page.waitForURL(`${viewer.url}/zipkin/?errors=true`);
    await expect.poll(() => page.locator('.trace').count(), PATIENCE).toBe(1);
    expect(opened.trouble).toEqual([]);
    await opened[Symbol.asyncDispose]();
  });
});
