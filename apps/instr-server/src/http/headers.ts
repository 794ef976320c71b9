import { securityHeaders } from '@distrace/nest-server';

/** On every answer. Nothing but the status page's own style may load. */
export const SECURITY_HEADERS = securityHeaders(
  "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
);
