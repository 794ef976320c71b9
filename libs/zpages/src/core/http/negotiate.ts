import { quoted, ZpagesProblem } from './problem.js';

/** What a page can be answered as. */
export type Format = 'html' | 'json' | 'text';

const MEDIA: Readonly<Record<Format, readonly string[]>> = {
  html: ['text/html', 'application/xhtml+xml'],
  json: ['application/json'],
  text: ['text/plain'],
};

/** The `Content-Type` of each format. */
export const contentTypes: Readonly<Record<Format, string>> = {
  html: 'text/html; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

/**
 * The format that `?format=` names.
 *
 * @throws ZpagesProblem 400 for another word.
 */
export function formatOf(parameter: string | undefined): Format | undefined {
  if (parameter === undefined) return undefined;
  if (Object.hasOwn(MEDIA, parameter)) return parameter as Format;
  throw new ZpagesProblem(
    400,
    'DT_ERR_ZPAGES_PARAMETER',
    `format is html, json or text, got ${quoted(parameter)}. Correct it or leave it out.`,
  );
}

/** The format an `Accept` header likes best; of equals, and when it likes none of ours, `fallback`. */
export function acceptedFormat(accept: string | undefined, fallback: Format = 'html'): Format {
  if (accept === undefined) return fallback;
  const ranges = accept.split(',').map(parseRange);
  let best = fallback;
  let bestQuality = qualityOf(fallback, ranges);
  for (const format of ['html', 'json', 'text'] as const) {
    const quality = qualityOf(format, ranges);
    if (quality > bestQuality) [best, bestQuality] = [format, quality];
  }
  return best;
}

interface Range {
  readonly media: string;
  readonly quality: number;
}

function parseRange(text: string): Range {
  const [media = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
  return { media, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

/** The most specific range that matches decides, as RFC 9110 has it. */
function qualityOf(format: Format, ranges: readonly Range[]): number {
  const qualities = MEDIA[format].map((media) => {
    const wildcards = [media, `${media.slice(0, media.indexOf('/'))}/*`, '*/*'];
    const match = wildcards.map((want) => ranges.find((range) => range.media === want)).find(Boolean);
    return match?.quality ?? 0;
  });
  return Math.max(...qualities);
}
