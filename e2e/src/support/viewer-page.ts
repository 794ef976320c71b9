import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser } from '@distrace/browser';
import type { TestBrowser } from '@distrace/browser';
import { encodeV2 } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { startViewer } from '../zipkin/viewer.ts';
import type { Viewer } from '../zipkin/viewer.ts';

export type Page = Awaited<ReturnType<TestBrowser['browser']['newPage']>>;
type ContextOptions = Parameters<TestBrowser['browser']['newContext']>[0];

/** Most of waiting for something to show: the machine may be busy. */
export const PATIENCE = { timeout: 20_000 } as const;
const BATCH = 4000;

/** A page that is being looked at. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors, refusals of the policy, dialogs and requests that leave the origin: what must not be. */
  readonly trouble: string[];
}

/** A viewer and a browser to look at it with. */
export interface ViewerBrowser extends AsyncDisposable {
  readonly url: string;
  /** Opens a path of the viewer. */
  open(path: string, options?: ContextOptions): Promise<OpenPage>;
  /** Sends spans as Zipkin v2. */
  post(spans: readonly Span[]): Promise<void>;
  /** Sends a body as it is. */
  postText(path: string, body: string): Promise<void>;
  /** Empties the store. */
  clear(): Promise<void>;
  /** Takes a picture, into the folder that `SCREENSHOTS` names or one that is forgotten. */
  shoot(page: Page, name: string): Promise<void>;
}

/** Starts both. */
export async function openViewer(): Promise<ViewerBrowser> {
  const viewer: Viewer = await startViewer();
  const started: TestBrowser = await launchBrowser();
  const { url } = viewer;
  const folder = process.env['SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'distrace-viewer-')));
  await mkdir(folder, { recursive: true });
  const postText = async (path: string, body: string): Promise<void> => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    if (answer.status !== 202 && answer.status !== 200)
      throw new Error(`${answer.status} ${await answer.text()}`);
  };
  return {
    url,
    postText,
    post: async (spans) => {
      for (let at = 0; at < spans.length; at += BATCH) {
        await postText('/api/v2/spans', encodeV2(spans.slice(at, at + BATCH)));
      }
    },
    clear: async () => {
      await fetch(`${url}/api/ui/traces`, { method: 'DELETE', headers: { 'X-Requested-With': 'e2e' } });
    },
    open: async (path, options = {}) => {
      const context = await started.browser.newContext({
        viewport: { width: 1440, height: 900 },
        permissions: ['clipboard-read', 'clipboard-write'],
        ...options,
      });
      const page = await context.newPage();
      const trouble: string[] = [];
      page.on('pageerror', (error) => trouble.push(error.message));
      page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
      page.on('dialog', (dialog) => trouble.push(dialog.message()));
      page.on('request', (request) => {
        const asked = request.url();
        if (!asked.startsWith(`${url}/`) && !asked.startsWith('blob:')) trouble.push(asked);
      });
      await page.goto(url + path);
      return { page, trouble, [Symbol.asyncDispose]: () => context.close() };
    },
    shoot: async (page, name) => {
      await page.screenshot({ path: join(folder, `${name}.png`) });
    },
    [Symbol.asyncDispose]: async () => {
      await started[Symbol.asyncDispose]();
      await viewer[Symbol.asyncDispose]();
    },
  };
}

/** The names of the rows in sight, from top to bottom. */
export async function rowNames(page: Page): Promise<string[]> {
  const names = await page.locator('.row').evaluateAll((rows) =>
    rows
      .map(
        (row) =>
          row as unknown as {
            style: { transform: string };
            querySelector(at: string): { textContent: string };
          },
      )
      .map((row) => ({
        top: Number(/([\d.]+)px/.exec(row.style.transform)?.[1]),
        name: row.querySelector('.name').textContent,
      }))
      .toSorted((a, b) => a.top - b.top)
      .map(({ name }) => name),
  );
  return names;
}

/** The row of a name. */
export function rowOf(page: Page, name: string) {
  return page.locator('.row', { has: page.locator('.name', { hasText: new RegExp(`^${name}$`) }) });
}
