import { describe, expect, it } from 'vitest';
import { findChromium } from './find-chromium.ts';

const nothing = { env: {}, isExecutable: () => false, install: () => false };

describe('findChromium', () => {
  it('takes the one that CHROMIUM_PATH names, and no other', () => {
    const env = { CHROMIUM_PATH: '/opt/chrome' };
    expect(findChromium({ ...nothing, env, isExecutable: (path) => path === '/opt/chrome' })).toBe(
      '/opt/chrome',
    );
    expect(() => findChromium({ ...nothing, env })).toThrow('got "/opt/chrome"');
  });

  it('looks in the usual places, and again after installing', () => {
    let installed = false;
    const search = {
      ...nothing,
      isExecutable: (path: string) => installed && path === '/usr/bin/chromium',
      install: () => (installed = true),
    };
    expect(findChromium(search)).toBe('/usr/bin/chromium');
  });

  it('says what to install when there is none', () => {
    expect(() => findChromium(nothing)).toThrow('apt-get install chromium');
  });
});
