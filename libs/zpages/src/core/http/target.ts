import { decodeComponent, encodeComponent } from './percent.js';
import { ZpagesProblem } from './problem.js';

/** Longest request target that is read, in characters. A name of 4,096 of the widest characters fits. */
export const MAX_URL_LENGTH = 16_384;

/** The parameters of a request, decoded. The first of several with one name counts. */
export type Parameters = ReadonlyMap<string, string>;

/** A request target taken apart. */
export interface Target {
  /** The path as it was sent, without the query; begins with `/`. */
  readonly path: string;
  readonly parameters: Parameters;
}

/** A request target without the scheme and host that clients of proxies put in front of its path. */
export function originForm(url: string): string {
  const match = /^[a-z][a-z0-9+.-]{0,30}:\/\/[^/?#]*/i.exec(url);
  if (match === null) return url;
  const rest = url.slice(match[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * Takes a request target (`req.url`) apart.
 *
 * @throws ZpagesProblem 414 for one that is too long, 400 for a malformed escape.
 */
export function parseTarget(url: string): Target {
  if (url.length > MAX_URL_LENGTH) {
    throw new ZpagesProblem(
      414,
      'DT_ERR_ZPAGES_URL_LENGTH',
      `A URL has at most ${MAX_URL_LENGTH} characters, got ${url.length}. Shorten the name or the filter.`,
    );
  }
  const escaped = escapeRawBytes(originForm(url).replace(/#.*$/s, ''));
  const mark = escaped.indexOf('?');
  const path = mark === -1 ? escaped : escaped.slice(0, mark);
  // Whoever reads the path decodes its parts; a malformed one is told before anything else is.
  decodeComponent(path);
  return {
    path: path.startsWith('/') ? path : `/${path}`,
    parameters: parseParameters(mark === -1 ? '' : escaped.slice(mark + 1)),
  };
}

function parseParameters(query: string): Parameters {
  const parameters = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (!parameters.has(name)) parameters.set(name, value);
  }
  return parameters;
}

function decode(text: string): string {
  return decodeComponent(text.replaceAll('+', ' '));
}

/** Clients that send bytes beyond ASCII as they are (curl does) reach Node as latin1. */
function escapeRawBytes(url: string): string {
  return url.replaceAll(/[\u0080-\u{10ffff}]+/gu, (raw) => {
    if (/[^\u0080-\u00ff]/.test(raw)) return encodeComponent(raw);
    return [...raw].map((char) => `%${char.charCodeAt(0).toString(16)}`).join('');
  });
}

/** A query string with its `?`; undefined values are left out. Empty when nothing is left. */
export function queryString(values: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeComponent(String(value))}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
