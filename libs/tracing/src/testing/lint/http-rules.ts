import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { OUR_SCOPE, required, shown, speaksOf, textOf, unless } from './rule.js';
import type { Check, Finding, LintedSpan } from './rule.js';

const METHODS = new Set([
  'CONNECT',
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
  'QUERY',
  'TRACE',
]);
const METHOD = 'http.request.method';
const ORIGINAL = 'http.request.method_original';
const STATUS = 'http.response.status_code';
const CLIENT_CLOSED = 'client_closed';

/** Spans of requests that a server answers (SERVER) or that were sent (CLIENT). */
export const checkHttp: Check = (span) => {
  const isRpc = speaksOf(span, 'rpc');
  const isServer = span.kind === SpanKind.SERVER && !isRpc;
  if (!isServer && textOf(span, METHOD) === undefined) return [];
  return [
    ...unless(
      span.kind === SpanKind.SERVER || span.kind === SpanKind.CLIENT,
      'span-kind',
      `an HTTP span is a SERVER or a CLIENT, got ${SpanKind[span.kind]}`,
    ),
    ...(isServer
      ? required(span, [METHOD, 'url.path', 'url.scheme'], 'an HTTP server span')
      : required(span, [METHOD, 'url.full', 'server.address'], 'an HTTP client span')),
    ...checkMethod(span),
    ...checkName(span, textOf(span, isServer ? 'http.route' : 'url.template')),
    ...(isServer ? [...checkUrl(span), ...checkStatus(span)] : []),
  ];
};

function checkMethod(span: LintedSpan): readonly Finding[] {
  const method = textOf(span, METHOD);
  if (method === undefined) return [];
  const original = textOf(span, ORIGINAL);
  return [
    ...unless(
      METHODS.has(method) || method === '_OTHER',
      'attribute-value',
      `${METHOD} is a known method or _OTHER, got ${method}; put it into ${ORIGINAL}`,
    ),
    ...unless(
      method !== '_OTHER' || original !== undefined,
      'required-attribute',
      `an HTTP span of an unknown method has ${ORIGINAL}; set it`,
    ),
  ];
}

/** `{METHOD} {route}`, or the method alone: never the path, of which there are as many as things. */
function checkName(span: LintedSpan, route: string | undefined): readonly Finding[] {
  const method = textOf(span, METHOD);
  if (method === undefined) return [];
  const word = method === '_OTHER' ? 'HTTP' : method;
  const expected = route === undefined ? word : `${word} ${route}`;
  return unless(
    span.name === expected,
    'span-name',
    `an HTTP span is named "${expected}", got "${span.name}"`,
  );
}

function checkUrl(span: LintedSpan): readonly Finding[] {
  const path = textOf(span, 'url.path');
  const query = textOf(span, 'url.query');
  return [
    ...unless(
      path === undefined || !/[?#]/.test(path),
      'attribute-value',
      `url.path has neither query nor fragment, got ${shown(path)}; use url.query`,
    ),
    ...unless(
      query?.startsWith('?') !== true,
      'attribute-value',
      `url.query has no question mark, got ${shown(query)}`,
    ),
  ];
}

/** Below 500 the server did what it had to. */
function checkStatus(span: LintedSpan): readonly Finding[] {
  const status = span.attributes[STATUS];
  const failed = span.status.code === SpanStatusCode.ERROR;
  if (status === undefined) {
    // Nobody was told a status when the client went away before.
    const wasToldNone = failed && textOf(span, 'error.type') === CLIENT_CLOSED;
    const isForeign = span.instrumentationScope.name !== OUR_SCOPE;
    return unless(
      wasToldNone || (failed && isForeign),
      'required-attribute',
      `an HTTP server span has ${STATUS} unless the client went away; set it`,
    );
  }
  if (!Number.isInteger(status) || Number(status) < 100 || Number(status) > 599) {
    return [['attribute-value', `${STATUS} is a number from 100 to 599, got ${shown(status)}`]];
  }
  return [
    ...unless(
      Number(status) < 500 || failed,
      'status',
      `an HTTP server span of status ${shown(status)} is an error; set its status`,
    ),
    ...unless(
      Number(status) >= 500 || textOf(span, 'error.type') !== String(status),
      'status',
      `an HTTP server span of status ${shown(status)} is no error; leave its status unset`,
    ),
  ];
}
