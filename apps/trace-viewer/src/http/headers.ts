import { securityHeaders } from '@distrace/nest-server';

/** On every answer. Nothing but the page's own files may run or load. */
export const SECURITY_HEADERS = securityHeaders(
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);
