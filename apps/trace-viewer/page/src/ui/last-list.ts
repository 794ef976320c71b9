import { keepInTab, readTabKept } from '../data/browser.js';
import { writeRoute } from '../model/route.js';

/** Remembers the search of the list, for the way back to it. */
export function rememberList(search: string): void {
  keepInTab('list', search);
}

/** The address of the list as it was seen last. */
export function lastList(): string {
  return writeRoute({ page: 'list' }, new URLSearchParams(readTabKept('list')));
}
