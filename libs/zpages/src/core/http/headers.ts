import type { ServerResponse } from 'node:http';

/** On every answer. Nothing but this server's own script and style may run or load, and nobody may frame it. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
};

/**
 * Takes back what a CORS middleware of the application has granted already: with its `*` every web site that
 * somebody on this machine visits could read the pages.
 */
export function withdrawGrants(response: ServerResponse): void {
  for (const name of response.getHeaderNames()) {
    if (/^(?:access-control|timing)-allow-/i.test(name)) response.removeHeader(name);
  }
}
