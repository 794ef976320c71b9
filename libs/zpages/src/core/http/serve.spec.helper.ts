import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createPages } from '../create-pages.js';
import type { PagesOptions } from '../create-pages.js';
import { fakeCore } from '../pages/fake-core.spec.helper.js';
import type { FakeName } from '../pages/fake-core.spec.helper.js';
import type { ZpagesCore } from '../query.js';

/** What a server said. */
export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Options of {@link ask}. */
export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks for exactly this target: `fetch` would clean it up first. */
export function ask(
  port: number,
  path: string,
  { method = 'GET', headers = {}, body }: Asked = {},
): Promise<Said> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Pages being served. */
export interface Served extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  get(path: string, asked?: Asked): Promise<Said>;
  json(path: string): Promise<any>; // oxlint-disable-line typescript/no-explicit-any -- each test knows its shape
}

/** Serves the pages of what `names` holds, or of another core. */
export async function serve(
  names: ReadonlyMap<string, FakeName> | ZpagesCore,
  options: PagesOptions = {},
): Promise<Served> {
  const core = names instanceof Map ? fakeCore(names) : (names as ZpagesCore);
  const pages = createPages(core, { serviceName: 'test', ...options });
  const { port, url, close } = await pages.listen({ port: 0 });
  const get = (path: string, asked?: Asked) => ask(port, path, asked);
  return {
    port,
    url,
    get,
    json: async (path) => JSON.parse((await get(path, { headers: { accept: 'application/json' } })).text),
    [Symbol.asyncDispose]: close,
  };
}
