import { defineInterceptor, func, inFile, inPackage } from '@distrace/instrumentation';
import { extractHeaders, TraceContext } from '@distrace/tracing/core';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode } from '@opentelemetry/api';

/** What Express works with, as far as it is needed here. */
interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, unknown>;
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
}

interface Response {
  readonly statusCode: number;
  once(event: 'close', listener: () => void): unknown;
}

const seen = new WeakSet<Request>();

/** A request to Express: SERVER, from its arrival until its answer is on the way. */
export const httpServer = defineInterceptor({
  name: 'http-server',
  match: inPackage('express@>=5').and(inFile('lib/application.js')).and(func('handle')),
  onEnter({ args }) {
    const [request, response] = args as unknown as readonly [Request, Response];
    // An app that is mounted in another one gets the same request once more.
    if (request.url === '/health' || seen.has(request)) return;
    seen.add(request);
    // Whoever asks may say which trace this belongs to, but not what the app does: no flags from outside.
    const trace = TraceContext.fromOtelContext(
      extractHeaders(request.headers, ROOT_CONTEXT, { trustCarried: false }),
    );
    const { otelSpan: span } = trace.openNestedSpan(request.method, {
      kind: SpanKind.SERVER,
      attributes: {
        'http.request.method': request.method,
        'url.path': request.url.split('?', 1)[0]!,
        'url.scheme': 'http',
      },
    });
    response.once('close', () => {
      const path = request.route?.path;
      if (typeof path === 'string') {
        const route = `${request.baseUrl ?? ''}${path}`;
        span.setAttribute('http.route', route).updateName(`${request.method} ${route}`);
      }
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        span.setAttribute('error.type', String(response.statusCode));
      }
      trace.closeCurrentSpan();
    });
    trace.attachToCurrentAsync();
  },
});
