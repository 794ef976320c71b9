import type { IncomingMessage, ServerResponse } from 'node:http';
import { landingPage } from '../pages/landing.js';
import type { Frame, Identity } from '../pages/layout.js';
import type { PageContent, ZPage } from '../pages/page.js';
import { answerProblem } from './answer-problem.js';
import { bodyOf, sendAsset, sendPage, sendToSlash } from './answer.js';
import { admit } from './gate.js';
import type { Access, GateOptions } from './gate.js';
import { withdrawGrants } from './headers.js';
import { acceptedFormat, formatOf } from './negotiate.js';
import type { Format } from './negotiate.js';
import { PageQueue } from './one-at-a-time.js';
import { quoted, ZpagesProblem } from './problem.js';
import { rootFrom, routeOf } from './route.js';
import type { Route } from './route.js';
import { originForm, parseTarget } from './target.js';
import type { Target } from './target.js';
import { untraced } from './untraced.js';

/**
 * Answers a request; for `node:http`, Express' `use` and everything alike. With `next`, paths that are no page
 * are left to it. The promise never rejects.
 */
export type ZpagesHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => Promise<void>;

/** What {@link createHandler} needs. */
export interface HandlerOptions extends GateOptions {
  readonly pages: readonly ZPage[];
  readonly identity: Identity;
  /** The path that is in front of every request's, without a `/` at its end; empty for none. */
  readonly prefix: string;
  readonly maxAnswerBytes: number;
  /** Told about what a page threw. */
  readonly onError: (error: unknown) => void;
}

/** Makes the handler of a set of pages. */
export function createHandler(options: HandlerOptions): ZpagesHandler {
  const context = { ...options, queue: new PageQueue<Made>() };
  return (request, response, next) => untraced(() => handle(context, request, response, next));
}

interface Made {
  readonly format: Format;
  readonly body: Buffer;
}

interface Context extends HandlerOptions {
  readonly queue: PageQueue<Made>;
}

async function handle(
  options: Context,
  request: IncomingMessage,
  response: ServerResponse,
  next: ((error?: unknown) => void) | undefined,
): Promise<void> {
  const url = originForm(request.url ?? '/');
  const path = withoutPrefix(url.split(/[?#]/, 1)[0] ?? '/', options.prefix);
  const route = routeOf(path === '' ? '/' : path, options.pages);
  if (route.to === 'nothing' && next !== undefined) {
    next();
    return;
  }
  try {
    withdrawGrants(response);
    const access = await admit(request, options);
    checkMethod(request.method);
    const target = parseTarget(url);
    const original = originForm((request as { originalUrl?: string }).originalUrl ?? url);
    if (route.to === 'landing' && needsSlash(original, path, options.prefix)) sendToSlash(response, original);
    else if (route.to === 'asset') sendAsset(request, response, route.asset);
    else await answer(options, { request, response, route, path, target, access });
  } catch (error) {
    // Links from an address that cannot be read may lead anywhere.
    const frame = { ...frameOf(options, path, undefined), live: false };
    await answerProblem({ request, response, path, frame, onError: options.onError }, error);
  }
}

interface Admitted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route;
  readonly path: string;
  readonly target: Target;
  readonly access: Access;
}

async function answer(options: Context, admitted: Admitted): Promise<void> {
  const { request, response, path, target, access } = admitted;
  const wanted = formatOf(target.parameters.get('format')) ?? acceptedFormat(request.headers.accept);
  // All that an answer depends on; the prefix shows in nothing but the path.
  const key = JSON.stringify([path, request.url, wanted, access.sensitive]);
  const { format, body } = await options.queue.take(key, response, () => make(options, admitted, wanted));
  sendPage(request, response, 200, format, body);
}

async function make(options: HandlerOptions, admitted: Admitted, wanted: Format): Promise<Made> {
  const { route, path } = admitted;
  const content = await contentOf(options, admitted);
  const format = content.only ?? wanted;
  const current = route.to === 'page' ? route.page.path : undefined;
  const body = await bodyOf(content, format, frameOf(options, path, current));
  if (body.length > options.maxAnswerBytes) {
    throw new ZpagesProblem(
      413,
      'DT_ERR_ZPAGES_ANSWER_SIZE',
      `An answer has at most ${options.maxAnswerBytes} bytes, this one would have ${body.length}. Ask for less: one name, one bucket, a filter.`,
    );
  }
  return { format, body };
}

function contentOf(options: HandlerOptions, admitted: Admitted): PageContent | Promise<PageContent> {
  const { route, path, target, access } = admitted;
  const root = rootFrom(path);
  if (route.to === 'landing') return landingPage(options.pages, options.identity, { root });
  if (route.to === 'page') {
    const { sensitive } = access;
    const { parameters } = target;
    return route.page.render({
      rest: route.rest,
      parameters,
      root,
      sensitive,
      maxBytes: options.maxAnswerBytes,
    });
  }
  throw new ZpagesProblem(
    404,
    'DT_ERR_ZPAGES_PAGE_UNKNOWN',
    `The pages here are / and ${options.pages.map((page) => `/${page.path}`).join(', ')}; ${quoted(path)} is none. Follow a link from /.`,
  );
}

function frameOf(options: HandlerOptions, path: string, current: string | undefined): Omit<Frame, 'title'> {
  const { pages, identity } = options;
  return { root: rootFrom(path), identity, pages, current, live: current !== undefined };
}

function checkMethod(method: string | undefined): void {
  if (method === 'GET' || method === 'HEAD') return;
  throw new ZpagesProblem(
    405,
    'DT_ERR_ZPAGES_METHOD',
    `These pages are only read, with GET or HEAD, got ${quoted(method ?? '')}. Nothing was changed.`,
  );
}

function withoutPrefix(path: string, prefix: string): string {
  const rest = path.startsWith(prefix) ? path.slice(prefix.length) : path;
  return rest === '' || rest.startsWith('/') ? rest : path;
}

/** Whether the browser sees the root of the pages without the `/` that relative links count on. */
function needsSlash(originalUrl: string, path: string, prefix: string): boolean {
  const original = originalUrl.split('?', 1)[0] ?? '/';
  return !original.endsWith('/') && (path === '' || prefix !== '' || original !== '/');
}
