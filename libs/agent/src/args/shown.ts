import { printable } from '../printable.js';

const MAX_SHOWN_CHARS = 80;

/** What came, in quotes, fit for one line of a message. A private key that was put in the wrong place is not told. */
export function shown(text: string | undefined): string {
  if (text?.includes('PRIVATE KEY') === true) return 'a private key';
  return JSON.stringify(printable(text ?? '', MAX_SHOWN_CHARS));
}
