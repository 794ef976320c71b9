/** The path and the parameters of a request. Of a parameter that comes twice the first one counts. */
export interface Target {
  readonly path: string;
  readonly search: URLSearchParams;
}

/** Reads a request's target. A malformed escape stays as it is. */
export function targetOf(url: string | undefined = '/'): Target {
  const at = url.indexOf('?');
  return at === -1
    ? { path: url, search: new URLSearchParams() }
    : { path: url.slice(0, at), search: new URLSearchParams(url.slice(at + 1)) };
}
