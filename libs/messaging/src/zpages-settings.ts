import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { ConfigError } from './config-error.js';

/** How the pages that show a service's spans are served; for `ZpagesModule.forRoot` of @distrace/zpages. */
export interface ZpagesSettings {
  /** `DISTRACE_ZPAGES_TRACE_URL`; default the trace page of the Zipkin that spans go to, else none. */
  readonly traceUrl?: string;
  /** Who is let in, where `DISTRACE_ZPAGES_ALLOW` names anybody; absent, so that only this machine is, where it does not. */
  readonly authorize?: (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean;
}

/** @throws {ConfigError} for a setting that breaks its rule. */
export function readZpagesSettings(
  env: Readonly<Record<string, string | undefined>>,
  exporter: string,
): ZpagesSettings {
  const traceUrl = readTraceUrl(env['DISTRACE_ZPAGES_TRACE_URL']) ?? zipkinPageOf(exporter);
  const networks = (env['DISTRACE_ZPAGES_ALLOW'] ?? '').split(',').map((text) => text.trim());
  const named = networks.filter((text) => text !== '');
  return {
    ...(traceUrl === undefined ? {} : { traceUrl }),
    ...(named.length === 0 ? {} : { authorize: allow(named) }),
  };
}

function readTraceUrl(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined;
  const url = URL.parse(value);
  const isWeb = url !== null && ['http:', 'https:'].includes(url.protocol);
  if (!isWeb || !value.includes('{traceId}') || /[{}]|%7[bd]/i.test(url.host + url.username + url.password)) {
    throw new ConfigError(
      'DISTRACE_ZPAGES_TRACE_URL',
      'a URL such as http://127.0.0.1:9411/zipkin/traces/{traceId}, with {traceId} after the host',
      value.replace(/\/\/[^@/]*@/, '//***@'),
    );
  }
  return value;
}

function zipkinPageOf(exporter: string): string | undefined {
  const argument = /^\s*directZipkin\((.*)\)\s*$/.exec(exporter)?.[1]?.trim();
  const url = argument === undefined ? null : URL.parse(argument);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return undefined;
  return `${url.origin}/zipkin/traces/{traceId}`;
}

/** As libs/zpages/src/core/http/gate.ts has it, which a test compares: who is not let in there is not let in here. */
const FORWARDING =
  /^(?:x-(?:forwarded|original|client|real|envoy|cluster)(?:-|$)|(?:forwarded|via|cf-connecting-ip|cf-ray|true-client-ip|fastly-client-ip|cdn-loop|max-forwards|tailscale-user-login)$)/;

/** Lets in who comes straight from this machine or from one of the networks: behind a proxy everybody looks alike. */
function allow(
  networks: readonly string[],
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean {
  const list = new BlockList();
  for (const network of ['127.0.0.0/8', '::1', ...networks]) addTo(list, network);
  return ({ headers, socket }) => {
    const address = socket.remoteAddress ?? '';
    if (isIP(address) === 0 || Object.keys(headers).some((name) => FORWARDING.test(name))) return false;
    return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}

function addTo(list: BlockList, network: string): void {
  const [address = '', bits, ...rest] = network.split('/');
  const version = isIP(address);
  const widest = version === 6 ? 128 : 32;
  const length = bits === undefined ? widest : Number(bits);
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '0') || length > widest) {
    throw new ConfigError(
      'DISTRACE_ZPAGES_ALLOW',
      'addresses and networks such as 10.1.2.3, 172.16.0.0/12, separated by commas',
      network,
    );
  }
  list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4');
}
