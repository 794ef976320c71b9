import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { ErrorFilter } from './error.filter.js';
import { MAX_JSON_BYTES, MAX_TEXT_BYTES } from './limits.js';

// Beside both src and dist.
const PUBLIC_FOLDER = fileURLToPath(new URL('../../public/', import.meta.url));

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;

/** Body parsers, security headers, the page and the shape of errors. The app must be created with `bodyParser: false`. */
export function configureHttp(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  // A page of another origin could post text/plain without asking; browsers say where a request comes from.
  app.enableCsrfProtection();
  app.use((_request: IncomingMessage, response: ServerResponse, next: () => void) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    next();
  });
  app.useStaticAssets(PUBLIC_FOLDER);
  // Raw bytes, also of JSON: the stock JSON parser replaces what is not UTF-8 without a word.
  app.useBodyParser('raw', { type: 'text/plain', limit: MAX_TEXT_BYTES });
  app.useBodyParser('raw', { type: 'application/json', limit: MAX_JSON_BYTES });
  app.useGlobalFilters(new ErrorFilter());
}
