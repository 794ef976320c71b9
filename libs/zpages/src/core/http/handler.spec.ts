import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createPages } from '../create-pages.js';
import { ended, fakeCore, running } from '../pages/fake-core.spec.helper.js';
import type { FakeName } from '../pages/fake-core.spec.helper.js';
import { markup } from '../pages/markup.js';
import type { ZPage } from '../pages/page.js';
import { crawl } from './crawl.spec.helper.js';
import { ask, serve } from './serve.spec.helper.js';
import { MAX_URL_LENGTH } from './target.js';

function some(): Map<string, FakeName> {
  return new Map<string, FakeName>([
    ['GET /', { running: [running('GET /')], errors: [ended('GET /', 1)], latency: [ended('GET /', 2)] }],
  ]);
}

const extra: ZPage = {
  path: 'rpcz',
  title: 'rpcz',
  description: 'Calls by <method>.',
  render: ({ rest, root, parameters }) => ({
    title: 'rpcz',
    html: () => [markup`<a href="${root}">${rest}</a>`],
    json: () => ({ rest, q: parameters.get('q') }),
    text: () => [rest],
  }),
};

/** A server of somebody else's that the pages are mounted on. */
async function onServer(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

describe('the server of the pages', () => {
  it('lists its pages at /, those of others too', async () => {
    await using served = await serve(some(), { pages: [extra] });
    const { text } = await served.get('/');
    expect(text).toContain('href="./tracez"');
    expect(text).toContain('href="./rpcz"');
    expect(text).toContain('Calls by &lt;method&gt;.');
    expect(await served.json('/')).toMatchObject({
      service: 'test',
      pid: process.pid,
      pages: [{ path: 'tracez' }, { path: 'rpcz' }],
    });
    expect(await served.json('/rpcz/a/b?q=1')).toEqual({ rest: '/a/b', q: '1' });
    expect((await served.get('/rpcz/a/b')).text).toContain('<a href="../../">/a/b</a>');
  });

  it('N15: sets a strict policy on every answer, and no page has anything inline or from elsewhere', async () => {
    await using served = await serve(some(), { traceUrl: 'http://viewer.test/{traceId}' });
    for (const path of [
      '/',
      '/tracez',
      '/tracez?name=GET+/',
      '/nothing',
      '/style.css',
      '/tracez/script.js',
      '/tracez/api/aggregations',
    ]) {
      const { headers, text } = await served.get(path);
      expect(headers['content-security-policy'], path).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      expect(headers['content-security-policy'], path).not.toContain('unsafe');
      expect(headers['x-content-type-options'], path).toBe('nosniff');
      if (!String(headers['content-type']).startsWith('text/html')) continue;
      expect(text, path).not.toMatch(
        /<style|\sstyle=|\son[a-z]+=|<script(?! src="[./]*(?:tracez\/)?script\.js" defer><\/script>)/,
      );
      expect(text, path).not.toMatch(/(?:src|<link[^>]*href)="(?:https?:)?\/\//);
    }
  });

  it('N16: answers 403 under a foreign Host, to what a proxy sent on, and to another machine', async () => {
    await using served = await serve(some());
    const refused = [
      await served.get('/tracez', { headers: { host: 'evil.test' } }),
      await served.get('/tracez', { headers: { 'x-forwarded-for': '127.0.0.1' } }),
      await served.get('/style.css', { headers: { host: 'evil.test' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403]);
    expect(refused[0]?.text).not.toContain('GET /');
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    await using elsewhere = await onServer((request, response) => {
      Object.defineProperty(request.socket, 'remoteAddress', { value: '10.1.2.3' });
      void createPages(fakeCore(some())).handler(request, response);
    });
    expect((await ask(elsewhere.port, '/tracez')).status).toBe(403);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])(
    'N24: answers 405 to %s on every page, and nothing changes',
    async (method) => {
      const names = some();
      await using served = await serve(names);
      const before = await served.json('/tracez');
      for (const path of ['/', '/tracez', '/tracez?name=GET+/', '/tracez/api/aggregations', '/style.css']) {
        const { status, headers, text } = await served.get(path, { method });
        expect([status, headers['allow']], path).toEqual([405, 'GET, HEAD']);
        expect(text).toMatch(new RegExp(`got (&quot;|\\\\?")${method}`));
      }
      await served.get('/tracez?sampling=0&clear=1&maxNames=1');
      expect(await served.json('/tracez')).toEqual(before);
    },
  );

  it.each([
    ['/internal/x', (url: string) => url],
    ['/', (url: string) => url],
    ['/a/b/c', (url: string) => url],
  ])('N32: every link and asset works under %s behind a proxy that strips it', async (prefix, keep) => {
    const base = prefix === '/' ? '' : prefix;
    const { handler } = createPages(fakeCore(some()));
    await using proxy = await onServer((request, response) => {
      const url = keep(request.url ?? '');
      if (!url.startsWith(`${base}/`)) {
        response.writeHead(502).end();
        return;
      }
      request.url = url.slice(base.length);
      void handler(request, response);
    });
    const seen = await crawl(proxy.port, `${base}/`);
    expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
    expect(seen.size).toBeGreaterThan(15);
    for (const path of seen.keys()) expect(path.startsWith(`${base}/`)).toBe(true);
    // Also from the pages that lie deeper, those about errors among them.
    const { text } = await ask(proxy.port, `${base}/tracez/api/running/a%2Fb`, {
      headers: { accept: 'text/html' },
    });
    expect(
      new URL(/href="([^"]*style\.css)"/.exec(text)?.[1] ?? '', `http://h${base}/tracez/api/running/x`)
        .pathname,
    ).toBe(`${base}/style.css`);
  });

  it('N32: every link works on a server that leaves the prefix in the URL, and /prefix leads to /prefix/', async () => {
    const { handler } = createPages(fakeCore(some()), { path: '/internal/x/' });
    await using server = await onServer((request, response) => void handler(request, response));
    const seen = await crawl(server.port, '/internal/x/');
    expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
    const bare = await ask(server.port, '/internal/x?format=json');
    expect([bare.status, bare.headers.location]).toEqual([308, './x/?format=json']);
    expect((await ask(server.port, '/internal/xy')).status).toBe(404);
  });

  it('answers HEAD as GET, without the body', async () => {
    await using served = await serve(some());
    for (const path of ['/', '/tracez', '/tracez?format=json', '/style.css', '/nothing']) {
      const got = await served.get(path);
      const head = await served.get(path, { method: 'HEAD' });
      expect([head.status, head.text], path).toEqual([got.status, '']);
      expect(head.headers['content-length'], path).toBe(got.headers['content-length']);
      expect(Number(got.headers['content-length'])).toBe(Buffer.byteLength(got.text));
    }
  });

  it('lets browsers keep assets but never pages', async () => {
    await using served = await serve(some());
    expect((await served.get('/tracez')).headers['cache-control']).toBe('no-store');
    for (const path of [
      '/style.css',
      '/tracez/style.css',
      '/script.js',
      '/tracez/script.js',
      '/favicon.svg',
    ]) {
      const { status, headers } = await served.get(path);
      expect([status, headers['cache-control']], path).toEqual([200, 'no-cache']);
      const again = await served.get(path, { headers: { 'if-none-match': String(headers.etag) } });
      expect([again.status, again.text]).toEqual([304, '']);
    }
  });

  const bad: readonly (readonly [number, string, string])[] = [
    [404, '/tracez?name=nobody', 'nobody'],
    [404, '/nothing', '/nothing'],
    [400, '/tracez?name=GET+/&type=latency&bucket=9', 'from 0 to 8, got "9"'],
    [400, '/tracez?name=GET+/&type=latency&bucket=-1', 'from 0 to 8, got "-1"'],
    [400, '/tracez?name=GET+/&type=latency&bucket=x', 'from 0 to 8, got "x"'],
    [400, '/tracez?name=GET+/&type=latency&bucket=', 'from 0 to 8, got ""'],
    [400, '/tracez/api/latency/9/GET%20%2F', 'from 0 to 8, got "9"'],
    [400, '/tracez/api/latency/-1/GET%20%2F', 'from 0 to 8, got "-1"'],
    [400, '/tracez/api/latency/x/GET%20%2F', 'from 0 to 8, got "x"'],
    [404, '/tracez/api/latency/0/nobody', 'nobody'],
    [404, '/tracez/api/running/nobody', 'nobody'],
    [404, '/tracez/api/error/nobody', 'nobody'],
    [400, '/tracez?name=%zz', 'two hex digits'],
    [400, '/tracez/%', 'two hex digits'],
    [400, '/%c3%28', 'two hex digits'],
    [414, `/tracez?name=${'n'.repeat(MAX_URL_LENGTH)}`, '16384 characters'],
  ];

  it.each(bad)(
    'T29, T37: answers %i to %.60s with one message in all three formats',
    async (status, path, rule) => {
      await using served = await serve(some());
      const json = await served.get(path, { headers: { accept: 'application/json' } });
      const text = await served.get(path, { headers: { accept: 'text/plain' } });
      const html = await served.get(path, { headers: { accept: 'text/html' } });
      expect([json.status, text.status, html.status]).toEqual([status, status, status]);
      const { message, code, statusCode } = JSON.parse(json.text);
      expect(message).toContain(rule);
      expect(statusCode).toBe(status);
      expect(code).toMatch(/^DT_ERR_ZPAGES_/);
      expect(text.text.split('\n')[0]).toBe(message);
      const escaped = message.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
      expect(html.text).toContain(escaped);
      expect(html.headers['content-type']).toMatch('text/html');
    },
  );

  it.each(['POST', 'PUT', 'DELETE'])(
    'N24: answers 405 to %s with one message in all three formats',
    async (method) => {
      await using served = await serve(some());
      const [json, text, html] = await Promise.all(
        ['application/json', 'text/plain', 'text/html'].map((accept) =>
          served.get('/tracez', { method, headers: { accept } }),
        ),
      );
      expect([json?.status, text?.status, html?.status]).toEqual([405, 405, 405]);
      const { message } = JSON.parse(json?.text ?? '');
      expect(message).toContain(`only read, with GET or HEAD, got "${method}"`);
      expect(text?.text.split('\n')[0]).toBe(message);
      expect(html?.text).toContain(message.replaceAll('"', '&quot;'));
    },
  );

  it('says 414 even where Node’s own parser gave up, and lives on', async () => {
    await using served = await serve(some());
    const { status, text } = await served.get(`/${'n'.repeat(200_000)}`);
    expect([status, text]).toEqual([414, expect.stringContaining('16384 characters')]);
    const wide = await served.get('/', { headers: { wide: 'w'.repeat(100_000) } });
    expect(wide.status).toBeGreaterThanOrEqual(414);
    expect((await served.get('/')).status).toBe(200);
  });

  it('changes nothing for a thousand bad requests', async () => {
    const names = some();
    await using served = await serve(names);
    const before = await served.json('/tracez');
    for (let round = 0; round < 1000 / bad.length; round++) {
      const answers = await Promise.all(bad.map(([, path]) => served.get(path)));
      expect(answers.map(({ status }) => status)).toEqual(bad.map(([status]) => status));
    }
    expect(await served.json('/tracez')).toEqual(before);
  }, 120_000);

  it('answers 500 without the cause when a page throws, and tells the aggregator', async () => {
    const noted: unknown[] = [];
    const core = { ...fakeCore(some()), noteInternalError: (error: unknown) => void noted.push(error) };
    const broken: ZPage = {
      ...extra,
      render: () => {
        throw new Error('password=geheim');
      },
    };
    const late: ZPage = {
      ...extra,
      path: 'late',
      render: (request) => ({
        ...(extra.render(request) as object),
        title: '',
        json: () => ({}),
        text: () => [],
        *html() {
          yield markup`x`;
          throw new Error('geheim');
        },
      }),
    };
    await using served = await serve(core, { pages: [broken, late] });
    for (const path of ['/rpcz', '/late']) {
      const { status, text } = await served.get(path);
      expect([status, text]).toEqual([500, expect.not.stringContaining('geheim')]);
    }
    expect(noted).toHaveLength(2);
  });

  it('leaves to next what is no page', async () => {
    const { handler } = createPages(fakeCore(some()));
    await using server = await onServer(
      (request, response) => void handler(request, response, () => response.writeHead(418).end()),
    );
    expect((await ask(server.port, '/orders', { method: 'POST' })).status).toBe(418);
    expect((await ask(server.port, '/tracez')).status).toBe(200);
    expect((await ask(server.port, '/tracez', { method: 'POST' })).status).toBe(405);
  });
});
