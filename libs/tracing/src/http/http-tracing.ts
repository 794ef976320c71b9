import type { IncomingMessage, ServerResponse } from 'node:http';
import { context, createContextKey, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { endSpan, extractHeaders, getTracer } from '../core/index.js';
import type { HttpTracingOptions } from '../nest/tracing-options.js';
import { methodOf, nameWithoutRoute, requestAttributes } from './http-attributes.js';

interface RunningRequest {
  readonly span: Span;
  readonly method: string;
}

const REQUEST_KEY = createContextKey('distrace.http.request');
const contexts = new WeakMap<object, Context>();

/** Starts the server span of a request and runs `next` inside it, once; answers what `next` does. Never throws itself. */
export function traceRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpTracingOptions,
  next: () => unknown,
): unknown {
  const ctx = startRequest(request, response, options);
  return ctx === undefined ? next() : context.with(ctx, next);
}

function startRequest(
  request: IncomingMessage,
  response: ServerResponse,
  options: HttpTracingOptions,
): Context | undefined {
  try {
    if (contexts.has(request) || options.ignore?.(request) === true) return undefined;
    const active = context.active();
    const method = methodOf(request);
    const outer = trace.getSpan(active);
    if (outer?.isRecording() === true && (outer as { kind?: SpanKind }).kind === SpanKind.SERVER) {
      // Another instrumentation traces HTTP here: join its span, add the route it cannot know.
      return remember(request, active.setValue(REQUEST_KEY, { span: outer, method }));
    }
    const parent = extractHeaders(request.headers, active, { trustCarried: options.trustCarried === true });
    const span = getTracer().startSpan(
      nameWithoutRoute(method),
      { kind: SpanKind.SERVER, attributes: requestAttributes(request) },
      parent,
    );
    // `close` comes after `finish`, and also when the client went away before it.
    response.once('close', () => endRequest(span, response));
    const running: RunningRequest = { span, method };
    return remember(request, trace.setSpan(parent, span).setValue(REQUEST_KEY, running));
  } catch {
    return undefined;
  }
}

function remember(request: IncomingMessage, ctx: Context): Context {
  contexts.set(request, ctx);
  return ctx;
}

/** The context of a request: body parsers may lose the asynchronous one on the way to the handler. */
export function contextOfRequest(request: object): Context | undefined {
  return contexts.get(request) ?? contexts.get((request as { raw?: object }).raw ?? request);
}

/** Names the running request's span after the route template that matched it. */
export function nameRoute(path: string): void {
  const running = context.active().getValue(REQUEST_KEY) as RunningRequest | undefined;
  if (running === undefined) return;
  running.span.setAttribute('http.route', path);
  running.span.updateName(`${nameWithoutRoute(running.method)} ${path}`);
}

function endRequest(span: Span, response: ServerResponse): void {
  try {
    const status = response.statusCode;
    if (!response.headersSent) {
      // Nobody was told the status that the response would have had.
      markAborted(span, response);
      return;
    }
    span.setAttribute('http.response.status_code', status);
    if (status >= 500) {
      // The handler's exception, recorded before, says more than the number.
      const { status: before, attributes } = span as Partial<ReadableSpan>;
      if (before?.code !== SpanStatusCode.ERROR) span.setStatus({ code: SpanStatusCode.ERROR });
      if (attributes?.['error.type'] === undefined) span.setAttribute('error.type', String(status));
    } else if (!response.writableFinished) {
      markAborted(span, response);
    }
  } catch {
    // The response is on its way; a span of somebody else's SDK may throw.
  } finally {
    endSpan(span);
  }
}

function markAborted(span: Span, response: ServerResponse): void {
  const byClient = isClosedByClient(response);
  const message = byClient ? 'the client closed the connection' : 'the response broke off';
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.setAttribute('error.type', byClient ? 'client_closed' : 'response_aborted');
}

/** Otherwise it was the application, a stream it sends having failed, for example. */
function isClosedByClient({ req }: ServerResponse): boolean {
  const { readableEnded, errored } = req.socket;
  return readableEnded || errored != null;
}
