import type { IncomingMessage, ServerResponse } from 'node:http';
import { isZpagesRequest } from '../core/index.js';
import type { ZpagesHandler } from '../core/index.js';

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/** Fastify's own wrappers of a request. */
interface Reply {
  readonly raw: ServerResponse;
  hijack(): void;
}
type OnRequest = (request: { readonly raw: IncomingMessage }, reply: Reply, done: () => void) => void;

/** What is used of Nest's HTTP adapters. */
export interface MountableAdapter {
  getType?(): string;
  getInstance(): unknown;
  use(middleware: Middleware): unknown;
}

/**
 * Puts pages in front of everything that the application adds to its HTTP adapter from now on: body parsers,
 * guards, routes, versions and the global prefix are neither in their way nor applied to them.
 */
export function mount(adapter: MountableAdapter, path: string, handler: ZpagesHandler): void {
  const below = isZpagesRequest(path);
  // An application mounted below another one sees its own part of the address in `url`.
  const isOurs = ({ url }: IncomingMessage) => below({ url });
  if (adapter.getType?.() === 'fastify') {
    const fastify = adapter.getInstance() as { addHook(name: 'onRequest', hook: OnRequest): unknown };
    fastify.addHook('onRequest', ({ raw }, reply, done) => {
      if (!isOurs(raw)) return done();
      reply.hijack();
      void handler(raw, reply.raw);
    });
  } else {
    adapter.use(function zpages(request, response, next) {
      if (!isOurs(request)) return next();
      void handler(request, response);
    });
  }
  leaveUntraced(adapter, isOurs);
}

/**
 * Read by instrumentations of HTTP that hook the adapter, such as @distrace/tracing: requests that any function in
 * this list of the adapter's says yes to get no span.
 */
const UNTRACED = Symbol.for('distrace.http.untraced');

function leaveUntraced(adapter: object, isOurs: (request: IncomingMessage) => boolean): void {
  const marked = adapter as { [UNTRACED]?: ((request: IncomingMessage) => boolean)[] };
  (marked[UNTRACED] ??= []).push(isOurs);
}
