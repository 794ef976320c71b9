import type { Format } from '../http/negotiate.js';
import type { Parameters } from '../http/target.js';
import type { Markup } from './markup.js';

/**
 * A page of this server: what stands on the landing page and what answers under `/{path}` and `/{path}/…`.
 * `style.css` and `script.js` below it are served for it.
 */
export interface ZPage {
  /** One path segment of lower-case letters, digits and `-`, such as `tracez`. */
  readonly path: string;
  readonly title: string;
  /** One sentence for the landing page. */
  readonly description: string;
  /**
   * The answer to a request.
   *
   * @throws ZpagesProblem for a request that breaks a rule; anything else thrown is answered with 500.
   */
  render(request: PageRequest): PageContent | Promise<PageContent>;
}

/** A request that was let in. */
export interface PageRequest {
  /** What follows the page's path, still percent-encoded: empty, or begins with `/`. */
  readonly rest: string;
  /** Decoded query parameters. */
  readonly parameters: Parameters;
  /** Put this before a path of this server to link to it: `./`, `../`, … whatever prefix it is mounted under. */
  readonly root: string;
  /** Whether secrets may be shown. */
  readonly sensitive: boolean;
  /** The most bytes an answer may have; a page that has more to say cuts its lists and says how much is missing. */
  readonly maxBytes: number;
}

/** What a page answers, each format made only when it is asked for. */
export interface PageContent {
  /** For the browser's tab. */
  readonly title: string;
  /** The inside of `<main>` and after it, in pieces, so that a long page does not hold up the event loop. */
  html(): Iterable<Markup>;
  /** Anything JSON can carry, or a promise of it. */
  json(): unknown;
  /** Text for a terminal, in pieces. */
  text(): Iterable<string>;
  /** The one format this content has (an API); otherwise the request decides. */
  readonly only?: Format;
}
