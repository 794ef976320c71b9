import { hostname } from 'node:os';
import { basename } from 'node:path';
import { ZpagesError } from './errors.js';
import { hostOf } from './http/gate.js';
import type { Authorize } from './http/gate.js';
import { createHandler } from './http/handler.js';
import type { ZpagesHandler } from './http/handler.js';
import { listen } from './http/listen.js';
import type { ListeningPages, ListenOptions } from './http/listen.js';
import { cleanPrefix } from './http/untraced.js';
import type { ZPage } from './pages/page.js';
import { traceUrlFrom } from './pages/tracez/trace-url.js';
import { tracezPage } from './pages/tracez/tracez-page.js';
import type { ZpagesCore } from './query.js';

/** What the pages of a process are like; all of it optional. */
export interface PagesOptions {
  /**
   * The path they are mounted under, for servers that leave it in `req.url` (`node:http`, Fastify). Express and
   * proxies that strip it need none; what comes without it works too. Default none.
   */
  readonly path?: string;
  /** The name at the top. Default `OTEL_SERVICE_NAME`, else the name of the script. */
  readonly serviceName?: string;
  /** Where a backend shows a trace: an http(s) URL with `{traceId}` and perhaps `{spanId}`. Default no such link. */
  readonly traceUrl?: string;
  /** Who may see the pages, and whether secrets are shown to them. Default: only requests straight from this machine. */
  readonly authorize?: Authorize;
  /** Host names that the pages are reached under, besides localhost; `*` for any, which lets web sites read them. */
  readonly allowedHosts?: readonly string[];
  /** The most bytes of an answer. Default 4 MiB, at least 64 KiB. */
  readonly maxAnswerBytes?: number;
  /** Pages beside tracez. */
  readonly pages?: readonly ZPage[];
  /** The most spans in a list of the specification's API (its `sampled_max`). Default 5. */
  readonly apiSamples?: number;
}

/** Pages that can be mounted or served. */
export interface ZpagesPages {
  /** For any Node HTTP server, Express or Fastify: see {@link ZpagesHandler}. */
  readonly handler: ZpagesHandler;
  /** The pages, in the order of the landing page. */
  readonly pages: readonly ZPage[];
  /**
   * Serves them on a port of their own.
   *
   * @throws ZpagesError when they are being served already; Node's error when the port cannot be had.
   */
  listen(options: ListenOptions): Promise<ListeningPages>;
  /** Ends what {@link listen} began; does nothing where nothing is served. */
  close(): Promise<void>;
}

const MIN_ANSWER_BYTES = 64 * 1024;

/**
 * The pages over anything that answers queries.
 *
 * @throws ZpagesError for an option that breaks its rule.
 */
export function createPages(
  core: ZpagesCore & { noteInternalError?(error: unknown): void },
  options: PagesOptions = {},
): ZpagesPages {
  const { maxAnswerBytes = 4 * 1024 * 1024, allowedHosts = [], authorize, apiSamples = 5 } = options;
  checkOptions(maxAnswerBytes, allowedHosts, authorize);
  const traceUrl = traceUrlFrom(options.traceUrl);
  const pages = [tracezPage({ core, traceUrl, apiSamples }), ...(options.pages ?? [])];
  checkPages(pages);
  const hosts = [...allowedHosts];
  const handler = createHandler({
    pages,
    identity: {
      service: options.serviceName ?? process.env['OTEL_SERVICE_NAME'] ?? basename(process.argv[1] ?? 'node'),
      pid: process.pid,
      host: hostname(),
    },
    prefix: cleanPrefix(options.path ?? ''),
    allowedHosts: hosts,
    authorize,
    maxAnswerBytes,
    onError: (error) => core.noteInternalError?.(error),
  });
  let serving: Promise<ListeningPages> | undefined;
  const end = async (mine: Promise<ListeningPages> | undefined) => {
    // That it failed is for whoever called listen.
    const server = await mine?.catch(() => undefined);
    await server?.close();
    // A second server may have begun meanwhile, and is not ours to end.
    if (serving === mine) serving = undefined;
  };
  return {
    handler,
    pages,
    async listen(where) {
      if (serving !== undefined) {
        throw new ZpagesError(
          'DT_ERR_ZPAGES_LISTENING',
          'listen serves these pages on one port at a time, got a second call; close the first server before.',
        );
      }
      const mine = listen(handler, where);
      serving = mine;
      try {
        const server = await mine;
        // Who asks for this address by its own name is no foreign web site.
        if (where.host !== undefined) hosts.push(where.host);
        return { ...server, close: () => end(mine) };
      } catch (error) {
        if (serving === mine) serving = undefined;
        throw error;
      }
    },
    close: () => end(serving),
  };
}

function checkOptions(maxAnswerBytes: unknown, allowedHosts: readonly unknown[], authorize: unknown): void {
  if (!Number.isSafeInteger(maxAnswerBytes) || (maxAnswerBytes as number) < MIN_ANSWER_BYTES) {
    throw optionError(
      `maxAnswerBytes is a whole number, at least ${MIN_ANSWER_BYTES}, got ${String(maxAnswerBytes)}`,
    );
  }
  const odd = allowedHosts.find(
    (host) => host !== '*' && (typeof host !== 'string' || hostOf(host) === undefined),
  );
  if (odd !== undefined)
    throw optionError(`allowedHosts holds host names without scheme and path, got ${String(odd)}`);
  if (authorize !== undefined && typeof authorize !== 'function') {
    throw optionError(`authorize is a function, got ${typeof authorize}: ${String(authorize)}`);
  }
}

function checkPages(pages: readonly ZPage[]): void {
  const seen = new Set<string>();
  for (const { path } of pages) {
    if (!/^[a-z0-9][a-z0-9-]*$/.test(path)) {
      throw optionError(`the path of a page is lower-case letters, digits and -, got "${path}"`);
    }
    if (seen.has(path)) throw optionError(`each page has a path of its own, got "${path}" twice`);
    seen.add(path);
  }
}

function optionError(what: string): ZpagesError {
  return new ZpagesError('DT_ERR_ZPAGES_OPTION', `${what}; correct it or leave it out`);
}
