import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { readZpagesSettings } from './zpages-settings.js';

const read = (env: Record<string, string>, exporter = 'disk(spans.ndjson)') =>
  readZpagesSettings(env, exporter);

function isLetIn(allow: string, remoteAddress: string | undefined, headers: Record<string, string> = {}) {
  const { authorize } = read({ DISTRACE_ZPAGES_ALLOW: allow });
  return authorize?.({ headers, socket: { remoteAddress } as never });
}

describe('the settings of the pages', () => {
  it.each([
    ['directZipkin(http://127.0.0.1:9411)', 'http://127.0.0.1:9411/zipkin/traces/{traceId}'],
    ['directZipkin(https://user:pass@zipkin/api/v2/spans)', 'https://zipkin/zipkin/traces/{traceId}'],
    ['directZipkin()', undefined],
    ['disk(spans.ndjson)', undefined],
    ['otlp(http://127.0.0.1:4318)', undefined],
  ])('link the traces of %s to %s', (exporter, traceUrl) => {
    expect(read({}, exporter).traceUrl).toBe(traceUrl);
  });

  it('link traces to where the environment says, whatever the exporter', () => {
    const DISTRACE_ZPAGES_TRACE_URL = 'https://jaeger.example/trace/{traceId}';
    expect(read({ DISTRACE_ZPAGES_TRACE_URL }, 'directZipkin(http://zipkin:9411)').traceUrl).toBe(
      DISTRACE_ZPAGES_TRACE_URL,
    );
  });

  it('leave it to the pages to let in this machine only, unless somebody is named', () => {
    expect(read({})).toEqual({});
    expect(read({ DISTRACE_ZPAGES_ALLOW: ' , ' })).toEqual({});
  });

  it.each([
    ['172.16.0.0/12', '172.18.0.1', true],
    ['172.16.0.0/12', '::ffff:172.18.0.1', true],
    ['172.16.0.0/12', '172.32.0.1', false],
    ['10.0.0.7, fd00::/8', '10.0.0.7', true],
    ['10.0.0.7, fd00::/8', '10.0.0.8', false],
    ['10.0.0.7, fd00::/8', 'fd12::1', true],
    ['10.0.0.7', '127.0.0.1', true],
    ['10.0.0.7', '::ffff:127.0.0.1', true],
    ['10.0.0.7', '::1', true],
    ['0.0.0.0/0,::/0', '203.0.113.9', true],
    ['0.0.0.0/0,::/0', undefined, false],
  ])('with %j let in %s: %s', (allow, address, expected) => {
    expect(isLetIn(allow, address)).toBe(expected);
  });

  it('let nobody in whom a proxy sent on', () => {
    expect(isLetIn('10.0.0.0/8', '10.0.0.1', { 'x-forwarded-for': '10.0.0.2' })).toBe(false);
    expect(isLetIn('10.0.0.0/8', '127.0.0.1', { via: '1.1 proxy' })).toBe(false);
    for (const header of [
      'x-forwarded',
      'x-original-host',
      'x-envoy-peer',
      'cf-ray',
      'tailscale-user-login',
    ]) {
      expect(isLetIn('10.0.0.0/8', '127.0.0.1', { [header]: 'x' }), header).toBe(false);
    }
    expect(isLetIn('10.0.0.0/8', '127.0.0.1', { 'x-request-id': 'x' })).toBe(true);
  });

  it.each([
    [
      { DISTRACE_ZPAGES_ALLOW: '*' },
      "DISTRACE_ZPAGES_ALLOW must be addresses and networks such as 10.1.2.3, 172.16.0.0/12, separated by commas, instead got '*'",
    ],
    [{ DISTRACE_ZPAGES_ALLOW: '10.0.0.0/33' }, "instead got '10.0.0.0/33'"],
    [{ DISTRACE_ZPAGES_ALLOW: '10.0.0.0/' }, "instead got '10.0.0.0/'"],
    [{ DISTRACE_ZPAGES_ALLOW: '10.0.0.0/8/8' }, "instead got '10.0.0.0/8/8'"],
    [{ DISTRACE_ZPAGES_ALLOW: 'ops.example' }, "instead got 'ops.example'"],
    [
      { DISTRACE_ZPAGES_TRACE_URL: 'javascript:{traceId}' },
      'DISTRACE_ZPAGES_TRACE_URL must be a URL such as',
    ],
    [{ DISTRACE_ZPAGES_TRACE_URL: 'http://{traceId}.example/' }, 'with {traceId} after the host'],
    [{ DISTRACE_ZPAGES_TRACE_URL: 'http://{traceId}@example/' }, 'with {traceId} after the host'],
    [{ DISTRACE_ZPAGES_TRACE_URL: 'http://127.0.0.1:9411/' }, "instead got 'http://127.0.0.1:9411/'"],
  ])('refuse %j with the rule and what came', (env, message) => {
    expect(() => read(env as Record<string, string>)).toThrow(message);
    expect(() => read(env as Record<string, string>)).toThrow(ConfigError);
  });
});
