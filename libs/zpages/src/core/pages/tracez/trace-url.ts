import { ZpagesError } from '../../errors.js';
import type { TraceUrl } from './links.js';

/**
 * Reads the template of links to a backend, such as `http://127.0.0.1:9411/zipkin/traces/{traceId}`.
 *
 * @throws ZpagesError unless it is an http(s) URL with `{traceId}` after the host.
 */
export function traceUrlFrom(template: string | undefined): TraceUrl | undefined {
  if (template === undefined) return undefined;
  const parsed = URL.canParse(template) ? new URL(template) : undefined;
  const isWeb = parsed?.protocol === 'http:' || parsed?.protocol === 'https:';
  if (
    !isWeb ||
    !template.includes('{traceId}') ||
    /[{}]|%7[bd]/i.test(parsed.host + parsed.username + parsed.password)
  ) {
    throw new ZpagesError(
      'DT_ERR_ZPAGES_OPTION',
      `traceUrl is an http or https URL with {traceId} after the host, got "${template}"; write http://127.0.0.1:9411/zipkin/traces/{traceId} for Zipkin, or leave it out`,
    );
  }
  return (traceId, spanId = '') => template.replaceAll('{traceId}', traceId).replaceAll('{spanId}', spanId);
}
