import type { DependencyLink } from '@distrace/zipkin';

/** What the reader points at: a service with all its calls, or one call. */
export type Focus = { readonly service: string } | { readonly link: DependencyLink };

/** Whether a call is meant; all are when nothing is pointed at. */
export function isMeant(link: DependencyLink, focus: Focus | undefined): boolean {
  if (!focus) return true;
  if ('link' in focus) return focus.link === link;
  return link.parent === focus.service || link.child === focus.service;
}

/** Names of the services that are meant; undefined when all are. */
export function servicesMeant(
  links: readonly DependencyLink[],
  focus: Focus | undefined,
): ReadonlySet<string> | undefined {
  if (!focus) return undefined;
  const meant = links.filter((link) => isMeant(link, focus));
  return new Set(meant.flatMap(({ parent, child }) => [parent, child]));
}
