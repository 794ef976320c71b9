import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { startViewer } from '../testing.js';
import { admit } from './gate.js';

const asking = (headers: Record<string, string>, method = 'GET') =>
  ({ method, headers }) as unknown as IncomingMessage;
const NONE = { allowedHosts: [], allowedOrigins: [] };

describe('admit', () => {
  it.each(['localhost', 'localhost:9411', 'viewer.localhost', '127.0.0.1:9411', '[::1]', '192.168.1.7:9411'])(
    'lets in whoever asks for %s',
    (host) => {
      expect(admit(asking({ host }), NONE)).toBeUndefined();
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '127.1', 'x@localhost', ''])(
    'refuses a name that anybody may point here: %j',
    (host) => {
      expect(() => admit(asking({ host }), NONE)).toThrow('DISTRACE_VIEWER_ALLOWED_HOSTS');
    },
  );

  it('lets in names that it was given, and any for *', () => {
    expect(admit(asking({ host: 'Viewer:9411' }), { ...NONE, allowedHosts: ['viewer'] })).toBeUndefined();
    expect(admit(asking({ host: 'evil.example' }), { ...NONE, allowedHosts: ['*'] })).toBeUndefined();
  });

  it('refuses other web pages, also what they load as parts', () => {
    const host = 'localhost:9411';
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'null']) {
      expect(() => admit(asking({ host, origin }, 'POST'), NONE)).toThrow('DISTRACE_VIEWER_ALLOWED_ORIGINS');
    }
    const part = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' };
    expect(() => admit(asking(part), NONE)).toThrow('another site');
  });

  it('lets in its own page, links from elsewhere and whatever is no browser', () => {
    const host = 'localhost:9411';
    expect(admit(asking({ host, origin: 'http://localhost:9411' }, 'POST'), NONE)).toBeUndefined();
    const link = { host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(admit(asking(link), NONE)).toBeUndefined();
    expect(admit(asking({ host }, 'POST'), NONE)).toBeUndefined();
  });

  it('lets a link of another site lead here, but no form of it send', () => {
    const headers = { host: 'localhost', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect(admit(asking(headers, 'GET'), NONE)).toBeUndefined();
    expect(admit(asking(headers, 'HEAD'), NONE)).toBeUndefined();
    expect(() => admit(asking(headers, 'POST'), NONE)).toThrow('another site');
  });

  it('names the origin that is allowed', () => {
    const gate = { ...NONE, allowedOrigins: ['http://localhost:3000'] };
    const headers = { host: 'localhost:9411', origin: 'http://localhost:3000' };
    expect(admit(asking(headers, 'POST'), gate)).toBe('http://localhost:3000');
    expect(admit(asking(headers), { ...NONE, allowedOrigins: ['*'] })).toBe('*');
  });
});

describe('the gate of the viewer', () => {
  it('refuses a rebound name before anything is read', async () => {
    const viewer = await startViewer();
    const { status, text, headers } = await viewer.get('/api/v2/services', { host: 'evil.example' });
    expect([status, headers['x-content-type-options']]).toEqual([403, 'nosniff']);
    expect(text).toContain('DT_ERR_VIEWER_HOST');
  });

  it('allows no other origin by default', async () => {
    const viewer = await startViewer();
    const foreign = { origin: 'https://evil.example' };
    expect(await viewer.post('/api/v2/spans', '[]', foreign)).toMatchObject({ status: 403 });
    const preflight = await viewer.ask('OPTIONS', '/api/v2/spans', { headers: foreign });
    expect(preflight.status).toBe(403);
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
    const { headers } = await viewer.get('/api/v2/services');
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  it('answers a preflight of an origin that is allowed, but lets it clear nothing', async () => {
    const origin = 'http://localhost:3000';
    const viewer = await startViewer({ allowedOrigins: [origin] });
    const { status, headers } = await viewer.ask('OPTIONS', '/api/v2/spans', { headers: { origin } });
    expect(status).toBe(204);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST',
      vary: 'Origin',
    });
    const page = await viewer.get('/zipkin/', { origin });
    expect(String(page.headers.vary)).toMatch(/^Origin, Accept-Encoding$/);
    const clear = { headers: { origin, 'x-requested-with': 'x' } };
    expect(headers['access-control-allow-headers']).not.toMatch(/x-requested-with/i);
    expect((await viewer.ask('DELETE', '/api/ui/traces', clear)).status).toBe(403);
    const post = await viewer.post('/api/v2/spans', '[]', { origin });
    expect(post).toMatchObject({ status: 202, headers: { 'access-control-allow-origin': origin } });
  });

  it('has strict headers on every answer', async () => {
    const viewer = await startViewer();
    for (const path of ['/api/v2/services', '/nothing', '/zipkin/', '/health']) {
      const { headers } = await viewer.get(path);
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['x-powered-by']).toBeUndefined();
    }
  });
});
