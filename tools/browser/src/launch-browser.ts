import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';
import { findChromium } from './find-chromium.ts';

/** A running browser that goes with the scope it is in. */
export interface TestBrowser extends AsyncDisposable {
  readonly browser: Browser;
}

/** Starts Chromium without a window, and without its own talk to the network. */
export async function launchBrowser(): Promise<TestBrowser> {
  const browser = await chromium.launch({
    executablePath: findChromium(),
    args: [
      // A container's root has no sandbox to run in; the pages are ours.
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return { browser, [Symbol.asyncDispose]: () => browser.close() };
}
