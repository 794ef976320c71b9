import { DistraceError } from '../errors.js';
import { shownText } from './shown-text.js';

/** An exporter's URL; one without a path gets the default path. Throws a DistraceError for anything else. */
export function httpUrl(
  text: string,
  {
    exporter,
    defaultPath,
    example,
  }: { readonly exporter: string; readonly defaultPath: string; readonly example: string },
): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new DistraceError(
      'DT_ERR_EXPORTER_ARGUMENT',
      `${exporter} needs an http or https URL, got "${shownText(text)}"; write ${exporter}(${example}), say`,
      { fields: { exporter, argument: shownText(text) } },
    );
  }
  if (url.pathname === '/') url.pathname = defaultPath;
  return url;
}
