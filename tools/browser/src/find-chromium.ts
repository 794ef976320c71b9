import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** What {@link findChromium} looks at and does. */
export interface ChromiumSearch {
  readonly env?: NodeJS.ProcessEnv;
  readonly isExecutable?: (path: string) => boolean;
  /** Installs it; false when that cannot be done here. */
  readonly install?: () => boolean;
}

/**
 * The path of a Chromium or Chrome: `CHROMIUM_PATH` if set, else one of the usual places, else, as root on
 * Debian or Ubuntu, one that is installed with apt now.
 *
 * @throws Error that says what to install.
 */
export function findChromium({
  env = process.env,
  isExecutable = canExecute,
  install = installWithApt,
}: ChromiumSearch = {}): string {
  const named = env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (isExecutable(named)) return named;
    throw new Error(
      `CHROMIUM_PATH must name a program that can be run, got "${named}". Correct it or unset it.`,
    );
  }
  const find = () => PLACES.find((path) => isExecutable(path));
  const found = find() ?? (install() ? find() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    'Page tests need Chromium or Chrome, and none was found. Install it (Debian, Ubuntu: apt-get install chromium), or set CHROMIUM_PATH.',
  );
}

function canExecute(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function installWithApt(): boolean {
  if (process.getuid?.() !== 0 || !canExecute('/usr/bin/apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Without a font of its own the page would be empty boxes.
  const packages = ['chromium', 'fonts-liberation'];
  const run = (...args: string[]) =>
    spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=120', ...args], { env, stdio: 'ignore' }).status === 0;
  run('update');
  return run('install', '-y', '--no-install-recommends', ...packages);
}
