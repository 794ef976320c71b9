import type { IncomingMessage, ServerResponse } from 'node:http';
import { landingPage } from '../pages/landing.js';
import type { Frame, Identity } from '../pages/layout.js';
import type { PageContent, ZPage } from '../pages/page.js';
import { problemPage } from '../pages/problem-page.js';
import { bodyOf, sendAsset, sendPage, sendToSlash } from './answer.js';
import { admit } from './gate.js';
import type { Access, GateOptions } from './gate.js';
import { withdrawGrants } from './headers.js';
import { acceptedFormat, formatOf } from './negotiate.js';
import type { Format } from './negotiate.js';
import { quoted, ZpagesProblem } from './problem.js';
import { rootFrom, routeOf } from './route.js';
import type { Route } from './route.js';
import { parseTarget } from './target.js';
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
  return (request, response, next) => untraced(() => handle(options, request, response, next));
}

async function handle(
  options: HandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  next: ((error?: unknown) => void) | undefined,
): Promise<void> {
  const url = request.url ?? '/';
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
    const original = (request as { originalUrl?: string }).originalUrl ?? url;
    if (route.to === 'landing' && needsSlash(original, path, options.prefix)) sendToSlash(response, original);
    else if (route.to === 'asset') sendAsset(request, response, route.asset);
    else await answer(options, { request, response, route, path, target, access });
  } catch (error) {
    await answerProblem(options, request, response, error, path);
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

async function answer(options: HandlerOptions, admitted: Admitted): Promise<void> {
  const { request, response, route, path, target } = admitted;
  const wanted = formatOf(target.parameters.get('format'));
  const content = await contentOf(options, admitted);
  const format = content.only ?? wanted ?? acceptedFormat(request.headers.accept);
  const current = route.to === 'page' ? route.page.path : undefined;
  const body = await bodyOf(content, format, frameOf(options, path, current));
  if (body.length > options.maxAnswerBytes) {
    throw new ZpagesProblem(
      413,
      'DT_ERR_ZPAGES_ANSWER_SIZE',
      `An answer has at most ${options.maxAnswerBytes} bytes, this one would have ${body.length}. Ask for less: one name, one bucket, a filter.`,
    );
  }
  sendPage(request, response, 200, format, body);
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

async function answerProblem(
  options: HandlerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  path: string,
): Promise<void> {
  let problem = error instanceof ZpagesProblem ? error : undefined;
  if (problem === undefined) {
    options.onError(error);
    // What a page threw may quote anything, so it stays out of the answer.
    const message =
      'A page answers or says what is wrong; this one threw. The count of own exceptions says what.';
    problem = new ZpagesProblem(500, 'DT_ERR_ZPAGES_INTERNAL', message, { cause: error });
  }
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const format = problemFormat(request, path);
  // Links from an address that cannot be read may lead anywhere.
  const frame = { ...frameOf(options, path, undefined), live: false };
  const body = await bodyOf(problemPage(problem, rootFrom(path)), format, frame);
  const headers: Record<string, string> = problem.status === 405 ? { Allow: 'GET, HEAD' } : {};
  sendPage(request, response, problem.status, format, body, headers);
}

function problemFormat(request: IncomingMessage, path: string): Format {
  // Read apart from the rest of the address, which may be what is wrong.
  const named = /[?&]format=(html|json|text)(?:&|$)/.exec(request.url ?? '')?.[1] as Format | undefined;
  return named ?? acceptedFormat(request.headers.accept, path.includes('/api/') ? 'json' : 'html');
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
