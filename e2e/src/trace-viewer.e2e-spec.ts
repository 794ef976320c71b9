import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { brokenTrace, halvesTrace, taskTrace } from './support/viewer-samples.ts';
import { openViewer, PATIENCE, rowNames, rowOf } from './support/viewer-page.ts';
import type { ViewerBrowser } from './support/viewer-page.ts';

const TASK = '65fa10c27be11d2e9c3f5a7b1d2e4f60';
const FAILED = '65fa10c27be11d2e9c3f5a7b1d2e4f61';
const BROKEN = '65fa10c27be11d2e9c3f5a7b1d2e4f62';
const HALVES = '65fa10c27be11d2e9c3f5a7b1d2e4f63';

let viewer: ViewerBrowser;

beforeAll(async () => {
  viewer = await openViewer();
}, 120_000);

afterAll(() => viewer[Symbol.asyncDispose]());

beforeEach(() => viewer.clear());

/** The thesis' example of what is sent, a piece of it. */
function piece(part: object): string {
  return JSON.stringify([{ traceId: '123456789abcdef', name: 'query', id: 'abcd1', ...part }]);
}

const endpoint = { serviceName: 'example', ipv4: '192.168.1.2', port: 9411 };

describe('a trace on the page', () => {
  it('shows the thesis’ example, sent in pieces, with both stack traces', async () => {
    await viewer.postText(
      '/api/v1/spans',
      piece({
        timestamp: 1_458_702_548_467_000,
        annotations: [{ timestamp: 1_458_702_548_467_000, value: 'sr', endpoint }],
        binaryAnnotations: [
          { key: 'bytes_sent', value: '1783', endpoint },
          { key: 'stacktrace.open', value: 'at Query.open (/srv/app/dist/query.js:10:5)', endpoint },
        ],
      }),
    );
    await using opened = await viewer.open('/zipkin/');
    const { page, trouble } = opened;
    await page.getByRole('link', { name: 'example' }).click(PATIENCE);
    await page.getByText('still open').first().waitFor(PATIENCE);

    // The rest comes while the page is open.
    await viewer.postText(
      '/api/v1/spans',
      piece({
        timestamp: 1_458_702_548_467_000,
        duration: 100_743,
        annotations: [{ timestamp: 1_458_702_548_467_000, value: 'sr', endpoint }],
        binaryAnnotations: [
          {
            key: 'stacktrace.close',
            value:
              'at Query.close (/srv/app/dist/query.js:42:7)\nat tick (node:internal/process/task_queues:105:5)',
            endpoint,
          },
        ],
      }),
    );
    const row = rowOf(page, 'query');
    await row.getByText('101ms').waitFor(PATIENCE);
    await row.click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    const stacks = panel.locator('.stack');
    await expect
      .poll(() => stacks.locator('h4').allInnerTexts(), PATIENCE)
      .toEqual(['Opened at', 'Closed at']);
    await expect
      .poll(() => stacks.nth(0).locator('.frame.app').innerText(), PATIENCE)
      .toContain('Query.open');
    await expect
      .poll(() => stacks.nth(1).locator('.frame.app').innerText(), PATIENCE)
      .toContain('Query.close');
    // Frames that are not the application's are folded away until somebody wants them.
    await expect.poll(() => stacks.nth(1).locator('.frame').count(), PATIENCE).toBe(1);
    await stacks.nth(1).getByRole('button', { name: '1 frame of node' }).click();
    await expect.poll(() => stacks.nth(1).locator('.frame.node').innerText(), PATIENCE).toContain('tick');
    await expect
      .poll(() => panel.locator('tr', { hasText: 'bytes_sent' }).innerText(), PATIENCE)
      .toContain('1783');
    await expect
      .poll(() => panel.locator('tr', { hasText: 'Trace id' }).innerText(), PATIENCE)
      .toContain('0123456789abcdef');
    expect(trouble).toEqual([]);
  });

  it('shows the whole tree of a task, in its order', async () => {
    await viewer.post(taskTrace({ traceId: TASK }));
    await using opened = await viewer.open(`/zipkin/traces/${TASK}`);
    const { page, trouble } = opened;
    await rowOf(page, 'post /tasks').waitFor(PATIENCE);
    await expect
      .poll(() => rowNames(page), PATIENCE)
      .toEqual([
        'post /tasks',
        'main client span',
        'send tasks',
        'process tasks',
        'executor span',
        'count words',
        'count words',
        'count words',
        'send results',
        'process results',
        'exporter span',
        'save task',
        'send notifications',
        'process notifications',
      ]);
    await rowOf(page, 'main client span').click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    await expect
      .poll(() => panel.locator('.annotations li').allInnerTexts(), PATIENCE)
      .toMatchObject([
        expect.stringContaining('Start'),
        expect.stringContaining('tskReceived'),
        expect.stringContaining('tskPreprocessed'),
        expect.stringContaining('End'),
      ]);
    // Services are those who recorded, as in the list: a database is only named beside its caller.
    await expect.poll(() => page.locator('.trace-numbers').innerText(), PATIENCE).toMatch(/Services\s+3/);
    await expect
      .poll(() => page.locator('.chips .chip').allInnerTexts(), PATIENCE)
      .toMatchObject(
        [/executor\s+6/, /client\s+4/, /exporter\s+4/].map((text) => expect.stringMatching(text)),
      );
    await expect
      .poll(() => rowOf(page, 'save task').locator('.row-name').innerText(), PATIENCE)
      .toMatch(/^exporter\s*save task\s*→ sqlite$/);
    await page.locator('.chips .chip', { hasText: 'exporter' }).click({ modifiers: ['Control'] });
    await expect.poll(() => page.locator('.row.match').count(), PATIENCE).toBe(4);
    await expect.poll(() => rowOf(page, 'save task').getAttribute('class'), PATIENCE).toContain('match');
    await page.getByRole('button', { name: 'All services' }).click();
    // JSON in a tag is broken into lines.
    await expect
      .poll(() => panel.locator('tr', { hasText: 'task.options' }).locator('pre').innerText(), PATIENCE)
      .toContain('\n  "chunks": 3');
    await viewer.shoot(page, 'viewer-trace');
    await page.getByRole('button', { name: 'Critical path' }).click();
    await expect.poll(() => page.locator('.path').count(), PATIENCE).toBeGreaterThan(5);
    await page.getByRole('button', { name: 'Group' }).click();
    await expect.poll(() => rowOf(page, 'count words').locator('.times').innerText(), PATIENCE).toBe('× 3');
    expect(trouble).toEqual([]);
  });

  it('marks errors, lets collapsed rows say that one is below, and shows the exception', async () => {
    const spans = taskTrace({ traceId: FAILED, failing: true });
    const links = { 'distrace.links': `${FAILED}-0000000000000004, and 2 more` };
    await viewer.post(
      spans.map((span) => (span.name === 'save task' ? { ...span, tags: { ...span.tags, ...links } } : span)),
    );
    await using opened = await viewer.open(`/zipkin/traces/${FAILED}`);
    const { page, trouble } = opened;
    await page.getByRole('button', { name: 'Collapse all' }).click(PATIENCE);
    await expect.poll(() => page.locator('.row').count(), PATIENCE).toBe(1);
    await expect.poll(() => page.locator('.row .badge.below').innerText(), PATIENCE).toBe('2');
    await page.getByRole('button', { name: 'Next error' }).click();
    await page.getByRole('button', { name: 'Next error' }).click();
    await page.locator('.row.selected').click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    await expect.poll(() => panel.locator('.error-message').innerText(), PATIENCE).toBe('database is locked');
    await expect.poll(() => panel.locator('.stack.of-error .frame.app').count(), PATIENCE).toBe(3);
    await panel.locator('.stack.of-error').getByRole('button', { name: 'Copy the stack' }).click();
    await expect
      .poll(() => page.evaluate('navigator.clipboard.readText()'), PATIENCE)
      .toContain('at SqliteStore.insert');
    await viewer.shoot(page, 'viewer-error');
    // Times of stacks and of annotations count from the start of the span.
    await expect
      .poll(() => panel.locator('.stack.of-error .stack-head small').innerText(), PATIENCE)
      .toBe('+31ms');
    await expect.poll(() => panel.locator('.annotations .own').innerText(), PATIENCE).toMatch(/^\+31ms/);
    // From a link to the span that it names, and from a tag to the traces that have it.
    await panel.getByRole('link', { name: `${FAILED}-0000000000000004` }).click();
    await expect.poll(() => panel.locator('h2').innerText(), PATIENCE).toBe('process tasks');
    await page.locator('.row.selected', { hasText: 'process tasks' }).waitFor(PATIENCE);
    await panel.getByRole('link', { name: 'Traces with messaging.operation.name' }).click();
    await page.waitForURL(
      (url) => url.searchParams.get('annotationQuery') === 'messaging.operation.name=process',
    );
    await expect.poll(() => page.locator('.trace').count(), PATIENCE).toBe(1);
    expect(trouble).toEqual([]);
  });

  it('says what is missing and what is still open', async () => {
    await viewer.post(brokenTrace(BROKEN));
    await using opened = await viewer.open(`/zipkin/traces/${BROKEN}`);
    const { page, trouble } = opened;
    const notice = page.locator('.notice.incomplete');
    await notice.waitFor(PATIENCE);
    await expect
      .poll(() => notice.locator('code').allInnerTexts(), PATIENCE)
      .toEqual(['0000000000000004', '000000000000000b']);
    await expect
      .poll(() => page.locator('.notice.open').innerText(), PATIENCE)
      .toContain('1 span has started and not ended');
    await expect
      .poll(() => page.locator('.row.orphan .name').allInnerTexts(), PATIENCE)
      .toEqual(['executor span', 'save task']);
    await expect.poll(() => page.locator('.bar.unfinished').count(), PATIENCE).toBe(1);
    await notice.getByRole('button').click();
    await expect.poll(() => page.locator('.row.selected .name').innerText(), PATIENCE).toBe('executor span');
    await viewer.shoot(page, 'viewer-incomplete');
    expect(trouble).toEqual([]);
  });

  it('draws both halves of a span, and moves clocks only when asked to', async () => {
    await viewer.post(halvesTrace(HALVES));
    await using opened = await viewer.open(`/zipkin/traces/${HALVES}`);
    const { page, trouble } = opened;
    const row = rowOf(page, 'get /totals');
    await row.waitFor(PATIENCE);
    await expect.poll(() => row.locator('.bar.sender').count(), PATIENCE).toBe(1);
    await expect.poll(() => row.locator('.bar.receiver').count(), PATIENCE).toBe(1);
    await expect.poll(() => page.locator('.badge.moved').count(), PATIENCE).toBe(0);
    await page.getByRole('button', { name: /Adjust clocks/ }).click();
    await expect.poll(() => page.locator('.badge.moved').count(), PATIENCE).toBe(2);
    await row.click();
    const panel = page.getByRole('complementary', { name: 'Span' });
    await expect
      .poll(() => panel.locator('.notice.moved').innerText(), PATIENCE)
      .toContain('Moved 16ms later');
    await expect
      .poll(() => panel.locator('.half-title').allInnerTexts(), PATIENCE)
      .toMatchObject([expect.stringContaining('Sender'), expect.stringContaining('Receiver')]);
    expect(trouble).toEqual([]);
  });

  it('opens a link at its span and its view, and writes what is seen into the address', async () => {
    await viewer.post(taskTrace({ traceId: TASK }));
    const link = `/zipkin/traces/${TASK}?span=000000000000000c&q=sqlite&show=matches&min=1ms&path=true`;
    await using opened = await viewer.open(link);
    const { page, trouble } = opened;
    await page.locator('.row.selected').waitFor(PATIENCE);
    await expect.poll(() => page.locator('.row.selected .name').innerText(), PATIENCE).toBe('save task');
    await expect
      .poll(() => page.getByRole('complementary', { name: 'Span' }).locator('h2').innerText(), PATIENCE)
      .toBe('save task');
    await expect.poll(() => page.locator('input[name=q]').inputValue(), PATIENCE).toBe('sqlite');
    await expect
      .poll(() => rowNames(page), PATIENCE)
      .toEqual([
        'post /tasks',
        'main client span',
        'send tasks',
        'process tasks',
        'executor span',
        'send results',
        'process results',
        'exporter span',
        'save task',
      ]);
    await page.locator('input[name=q]').fill('');
    await rowOf(page, 'process notifications').click();
    await page.waitForURL(
      (url) => url.searchParams.get('span') === '000000000000000e' && !url.searchParams.has('q'),
    );
    await page.reload();
    await page.locator('.row.selected').waitFor(PATIENCE);
    await expect
      .poll(() => page.locator('.row.selected .name').innerText(), PATIENCE)
      .toBe('process notifications');
    await page.goto(`${viewer.url}/zipkin/traces/${TASK}?span=00000000000000ff`);
    await page.getByText('of this link is not here').waitFor(PATIENCE);
    // The form that other tools write.
    await page.goto(`${viewer.url}/zipkin/#/trace/${TASK}?span=000000000000000c`);
    await page.locator('.row.selected', { hasText: 'save task' }).waitFor(PATIENCE);
    expect(trouble).toEqual([]);
  });

  it('waits for a trace of which nothing has come, and shows it when it comes', async () => {
    await using opened = await viewer.open(`/zipkin/traces/${TASK}`);
    const { page } = opened;
    await page.getByText('Nothing of this trace has arrived').waitFor(PATIENCE);
    await viewer.post(taskTrace({ traceId: TASK }));
    await rowOf(page, 'save task').waitFor(PATIENCE);
    await expect.poll(() => page.locator('.trace-numbers').innerText(), PATIENCE).toContain('14');
  });

  it('zooms where the small picture is dragged over', async () => {
    const start = Date.now() * 1000 - 60_000_000;
    const length = 119_300;
    await viewer.post(taskTrace({ traceId: TASK, start }));
    await using opened = await viewer.open(`/zipkin/traces/${TASK}`);
    const { page, trouble } = opened;
    const strip = page.locator('.minimap');
    await strip.waitFor(PATIENCE);
    const { x, y, width } = (await strip.boundingBox())!;
    await page.mouse.move(x + width * 0.25, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.4, y + 22, { steps: 3 });
    await page.mouse.move(x + width * 0.5, y + 22, { steps: 3 });
    await page.mouse.up();
    // The address has times, so that it shows the same part when the trace has grown.
    await page.waitForURL((url) => {
      const [from, to] = (url.searchParams.get('zoom') ?? '').split('-').map((at) => Number(at) - start);
      return Math.abs(from! / length - 0.25) < 0.01 && Math.abs(to! / length - 0.5) < 0.01;
    });
    await strip.dblclick({ position: { x: width * 0.4, y: 20 } });
    await page.waitForURL((url) => !url.searchParams.has('zoom'));
    expect(trouble).toEqual([]);
  });
});
