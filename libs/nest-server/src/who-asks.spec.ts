import { describe, expect, it } from 'vitest';
import { hostOf, isForeign, isKnownHost } from './who-asks.js';

describe('hostOf', () => {
  it.each([
    ['localhost', 'localhost'],
    ['LOCALHOST:9411', 'localhost'],
    ['localhost.', 'localhost'],
    ['[::1]:9411', '::1'],
    ['10.0.0.1:80', '10.0.0.1'],
    ['user@evil.example', undefined],
    ['a/b', undefined],
    ['', undefined],
  ])('reads %j as %s', (text, host) => {
    expect(hostOf(text)).toBe(host);
  });
});

describe('isKnownHost', () => {
  it.each(['localhost', 'localhost:9411', 'viewer.localhost', '127.0.0.1:9411', '[::1]', '192.168.1.7:9411'])(
    'knows %s',
    (host) => expect(isKnownHost(host, [])).toBe(true),
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.1',
    'x@localhost',
    '',
    undefined,
  ])('does not know a name that anybody may point here: %j', (host) =>
    expect(isKnownHost(host, [])).toBe(false),
  );

  it('knows names that it was given, and any for *', () => {
    expect(isKnownHost('Viewer:9411', ['viewer'])).toBe(true);
    expect(isKnownHost('evil.example', ['*'])).toBe(true);
  });
});

describe('isForeign', () => {
  const host = 'localhost:9411';
  const crossSite = { host, 'sec-fetch-site': 'cross-site' };

  it.each([
    ['another origin', { host, origin: 'https://evil.example' }, 'POST', true],
    ['another port', { host, origin: 'http://localhost:3000' }, 'POST', true],
    ['an origin that hides', { host, origin: 'null' }, 'POST', true],
    ['its own origin', { host, origin: 'http://localhost:9411' }, 'POST', false],
    ['what another site loads', { ...crossSite, 'sec-fetch-mode': 'no-cors' }, 'GET', true],
    ['a link', { ...crossSite, 'sec-fetch-mode': 'navigate' }, 'GET', false],
    ['a form that sends', { ...crossSite, 'sec-fetch-mode': 'navigate' }, 'POST', true],
    ['no browser', { host }, 'POST', false],
  ])('tells %s', (_, headers, method, expected) => {
    expect(isForeign({ headers, method })).toBe(expected);
  });
});
