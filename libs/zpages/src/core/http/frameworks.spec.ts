import { createServer, request as ask_ } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createPages } from '../create-pages.js';
import type { PagesOptions } from '../create-pages.js';
import { ended, fakeCore, running } from '../pages/fake-core.spec.helper.js';
import type { FakeName } from '../pages/fake-core.spec.helper.js';
import { crawl } from './crawl.spec.helper.js';
import type { ZpagesHandler } from './handler.js';
import { ask } from './serve.spec.helper.js';

type Next = (error?: unknown) => void;
type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => unknown;
/** What is used of Express, which comes without types. */
type Router = RequestListener & { use(...args: (string | Middleware | Router)[]): Router };
const express = createRequire(import.meta.url)('express') as (() => Router) & {
  Router(): Router;
  json(): Middleware;
};

function handlerOf(options: PagesOptions = {}): ZpagesHandler {
  const names = new Map<string, FakeName>([
    ['GET /', { running: [running('GET /')], errors: [ended('GET /', 1)], latency: [ended('GET /', 2)] }],
    ['a/b?c#d %&+', { running: [running('a/b?c#d %&+')] }],
  ]);
  return createPages(fakeCore(names), { serviceName: 'spec', ...options }).handler;
}

async function listening(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const onExpress = (app: Router) => listening(createServer(app));

async function onFastify(mount: (app: FastifyInstance) => unknown) {
  const app = fastify({ forceCloseConnections: true });
  await mount(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    port: (app.server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** As the guide has it. */
function mountOn(app: FastifyInstance, path: string, handler: ZpagesHandler): void {
  for (const url of [path, `${path}/*`]) {
    app.all(url, (request, reply) => {
      reply.hijack();
      return handler(request.raw, reply.raw);
    });
  }
}

/** A proxy that takes `prefix` away, as nginx does with a slash at the end of proxy_pass. */
function proxy(prefix: string, target: number) {
  return listening(
    createServer((request, response) => {
      const { method, headers, url = '' } = request;
      if (!url.startsWith(prefix)) return void response.writeHead(404).end();
      const path = `/${url.slice(prefix.length)}`;
      const onward = { method, path, port: target, host: '127.0.0.1', agent: false };
      const sent = ask_({ ...onward, headers: { ...headers, 'x-forwarded-for': '10.0.0.9' } }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      request.pipe(sent);
    }),
  );
}

async function expectEveryLinkToWork(port: number, start: string): Promise<void> {
  const seen = await crawl(port, start);
  expect([...seen].filter(([, status]) => status !== 200)).toEqual([]);
  // Landing page, table, assets, and three kinds of details of each name at the least.
  expect(seen.size).toBeGreaterThan(10);
  expect([...seen.keys()].filter((path) => !path.startsWith(start))).toEqual([]);
}

describe('the handler on Express', () => {
  it('works under a prefix, with every link', async () => {
    await using server = await onExpress(express().use('/zpages', handlerOf()));
    await expectEveryLinkToWork(server.port, '/zpages/');
    expect((await ask(server.port, '/zpages?format=json')).headers.location).toBe('./zpages/?format=json');
  });

  it('works in a router of a router, with every link', async () => {
    const inner = express.Router().use('/x', handlerOf());
    await using server = await onExpress(express().use('/internal', express.Router().use('/ops', inner)));
    await expectEveryLinkToWork(server.port, '/internal/ops/x/');
    expect((await ask(server.port, '/internal/ops/x')).headers.location).toBe('./x/');
  });

  it('works in an application that is mounted on another, after a body parser', async () => {
    const sub = express().use('/x', handlerOf());
    await using server = await onExpress(express().use(express.json()).use('/sub', sub));
    await expectEveryLinkToWork(server.port, '/sub/x/');
    const headers = { 'content-type': 'application/json', 'content-length': '2' };
    expect(await ask(server.port, '/sub/x/tracez', { method: 'POST', headers, body: '{}' })).toMatchObject({
      status: 405,
    });
  });

  it('leaves to the application what is no page, where it has no prefix of its own', async () => {
    const app = express()
      .use(handlerOf())
      .use('/orders', ((_, response) => response.end('tea')) satisfies Middleware);
    await using server = await onExpress(app);
    expect(await ask(server.port, '/tracez')).toMatchObject({ status: 200 });
    expect((await ask(server.port, '/orders')).text).toBe('tea');
  });

  it('takes back what a CORS middleware before it has granted', async () => {
    const cors: Middleware = (_, response, next) => {
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Allow-Credentials', 'true');
      response.setHeader('Timing-Allow-Origin', '*');
      next();
    };
    await using server = await onExpress(express().use(cors).use('/zpages', handlerOf()));
    for (const path of [
      '/zpages/',
      '/zpages',
      '/zpages/tracez',
      '/zpages/style.css',
      '/zpages/tracez/api/x',
    ]) {
      const { headers } = await ask(server.port, path);
      expect(Object.keys(headers).filter((name) => name.includes('allow'))).toEqual([]);
    }
  });
});

describe('the handler on Fastify', () => {
  it('works under a prefix, with every link', async () => {
    await using server = await onFastify((app) => mountOn(app, '/zpages', handlerOf({ path: '/zpages' })));
    await expectEveryLinkToWork(server.port, '/zpages/');
    expect((await ask(server.port, '/zpages')).headers.location).toBe('./zpages/');
  });

  it('works in a plugin of a plugin, with every link', async () => {
    const handler = handlerOf({ path: '/internal/ops/x' });
    await using server = await onFastify((app) =>
      app.register(
        async (outer) => {
          await outer.register(async (inner) => mountOn(inner, '/x', handler), { prefix: '/ops' });
        },
        { prefix: '/internal' },
      ),
    );
    await expectEveryLinkToWork(server.port, '/internal/ops/x/');
  });
});

describe('the handler behind a proxy that strips the prefix', () => {
  const authorize = () => true;

  it('N32: works with every link, on Express, on Fastify and on a bare server', async () => {
    await using onE = await onExpress(express().use('/z', handlerOf({ authorize })));
    await using onF = await onFastify((app) => mountOn(app, '/z', handlerOf({ authorize, path: '/z' })));
    const bare = handlerOf({ authorize });
    await using onBare = await listening(createServer((request, response) => void bare(request, response)));
    for (const [{ port }, below] of [
      [onE, 'z/'],
      [onF, 'z/'],
      [onBare, ''],
    ] as const) {
      await using front = await proxy('/internal/x/', port);
      await expectEveryLinkToWork(front.port, `/internal/x/${below}`);
    }
  });

  it('lets nobody in without authorize', async () => {
    await using inner = await onExpress(express().use('/z', handlerOf()));
    await using front = await proxy('/internal/x/', inner.port);
    expect(await ask(front.port, '/internal/x/z/tracez')).toMatchObject({ status: 403 });
  });
});
