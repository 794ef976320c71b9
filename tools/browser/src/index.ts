// A real browser for tests of pages.
export { findChromium } from './find-chromium.ts';
export { launchBrowser } from './launch-browser.ts';
export type { TestBrowser } from './launch-browser.ts';
