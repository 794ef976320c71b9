import { ZpagesError } from '../core/index.js';
import { cleanPrefix } from '../core/http/untraced.js';
import type { ZpagesModuleOptions } from './module-options.js';

const KNOWN: Readonly<Record<keyof ZpagesModuleOptions, true>> = {
  processor: true,
  path: true,
  port: true,
  host: true,
  serviceName: true,
  traceUrl: true,
  authorize: true,
  allowedHosts: true,
  maxAnswerBytes: true,
  pages: true,
  apiSamples: true,
};

/** What stands for the options from here on. */
export type CheckedOptions = ZpagesModuleOptions & { readonly path: string };

/**
 * The options with `path` as `/segment…`.
 *
 * @throws ZpagesError for one that breaks its rule; those of the pages are for `createPages` to check.
 */
export function checkOptions(options: ZpagesModuleOptions): CheckedOptions {
  checkNames(options);
  const { processor, path = '/zpages', port, host } = options;
  if (processor !== undefined && typeof processor?.aggregator?.query !== 'function') {
    throw optionError(`processor is a TracezSpanProcessor, got ${kindOf(processor)}`);
  }
  checkPath(path);
  checkPort(port, host);
  return { ...options, path: cleanPrefix(path) };
}

function checkNames(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw optionError(`the options of ZpagesModule are an object, got ${kindOf(options)}`);
  }
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const unknown = given.find(([name]) => !Object.hasOwn(KNOWN, name));
  if (unknown === undefined) return;
  throw optionError(
    `ZpagesModule takes ${Object.keys(KNOWN).join(', ')}, got ${unknown[0]}`,
    'what is counted and kept is for the processor: new TracezSpanProcessor(new SpanAggregator({ … }))',
  );
}

/** Nothing that a router or a URL reads as more than text. */
const PATH = /^\/?[\w.~-]+(?:\/[\w.~-]+)*\/?$/;
const ONLY_DOTS = /(?:^|\/)\.+(?:\/|$)/;

function checkPath(path: unknown): void {
  if (typeof path === 'string' && PATH.test(path) && !ONLY_DOTS.test(path)) return;
  throw optionError(
    `path is one or more segments of letters, digits, ".", "_", "~" and "-", such as /zpages, got ${JSON.stringify(path)}`,
    'pages at the root need a port of their own',
  );
}

function checkPort(port: unknown, host: unknown): void {
  if (
    port !== undefined &&
    !(Number.isInteger(port) && (port as number) >= 0 && (port as number) <= 65_535)
  ) {
    throw optionError(
      `port is a whole number from 0 to 65535, got ${typeof port === 'string' ? `"${port}"` : String(port)}`,
    );
  }
  if (host === undefined) return;
  if (typeof host !== 'string' || host === '') {
    throw optionError(`host is an address or a host name, got ${JSON.stringify(host)}`);
  }
  if (port === undefined) {
    throw optionError(
      `host is that of a port of the pages' own, got ${host} without port`,
      'give port too, 0 for a free one',
    );
  }
}

function kindOf(value: unknown): string {
  return typeof value === 'object' ? (value?.constructor?.name ?? String(value)) : typeof value;
}

function optionError(what: string, advice = 'correct it or leave it out'): ZpagesError {
  return new ZpagesError('DT_ERR_ZPAGES_OPTION', `${what}; ${advice}`);
}
