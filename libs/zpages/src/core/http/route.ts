import type { ZPage } from '../pages/page.js';
import { assetNamed } from './assets.js';
import type { Asset } from './assets.js';

/** Where a path leads. */
export type Route =
  | { readonly to: 'landing' }
  | { readonly to: 'asset'; readonly asset: Asset }
  | { readonly to: 'page'; readonly page: ZPage; readonly rest: string }
  | { readonly to: 'nothing' };

/** Finds where a path leads: `/`, `/{asset}`, `/{page}`, `/{page}/{asset}`, `/{page}/…`. */
export function routeOf(path: string, pages: readonly ZPage[]): Route {
  if (path === '/') return { to: 'landing' };
  const [, first = '', ...others] = path.split('/');
  const page = pages.find((candidate) => candidate.path === first);
  const asset = page === undefined && others.length === 0 ? assetNamed(first) : undefined;
  if (asset !== undefined) return { to: 'asset', asset };
  if (page === undefined) return { to: 'nothing' };
  const below = others.length === 1 ? assetNamed(others[0] ?? '') : undefined;
  if (below !== undefined) return { to: 'asset', asset: below };
  return { to: 'page', page, rest: path.slice(first.length + 1) };
}

/** How a page at this path gets to the root of all pages: `./`, `../`, `../../` …; no prefix is needed for it. */
export function rootFrom(path: string): string {
  const depth = path.split('/').length - 2;
  return depth <= 0 ? './' : '../'.repeat(depth);
}
