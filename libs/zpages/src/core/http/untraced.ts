import type { IncomingMessage } from 'node:http';
import { context, createContextKey } from '@opentelemetry/api';
import { originForm } from './target.js';

// The key of @opentelemetry/core's suppressTracing: keys are global symbols, so no dependency is needed for it.
const SUPPRESS_TRACING = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

/** Runs `action` where OpenTelemetry's SDK starts no spans. */
export function untraced<T>(action: () => T): T {
  return context.with(context.active().setValue(SUPPRESS_TRACING, true), action);
}

/**
 * Tells requests for pages mounted under `prefix` from the application's own, for the instrumentation of
 * HTTP, which starts its span before the pages see the request:
 *
 * ```ts
 * createTracing({ http: { ignore: isZpagesRequest('/zpages') } });                        // @distrace/tracing
 * new HttpInstrumentation({ ignoreIncomingRequestHook: isZpagesRequest('/zpages') });     // OpenTelemetry's
 * ```
 *
 * Pages on a port of their own (`listen`) need none of this.
 */
export function isZpagesRequest(prefix: string): (request: Pick<IncomingMessage, 'url'>) => boolean {
  const path = cleanPrefix(prefix);
  return (request) => {
    const url = originForm((request as { originalUrl?: string }).originalUrl ?? request.url ?? '');
    return url.startsWith(path) && /^(?:$|[/?#])/.test(url.slice(path.length));
  };
}

/** `x/`, `/x/` and `/x` as `/x`; `/` and the empty one as the empty one. */
export function cleanPrefix(prefix: string): string {
  const inner = prefix.replace(/^\/+|\/+$/g, '');
  return inner === '' ? '' : `/${inner}`;
}
