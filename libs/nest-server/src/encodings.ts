import { promisify } from 'node:util';
import { brotliCompress, constants, gzip, zstdCompress } from 'node:zlib';

/** How an answer can be packed, the one we like best first. */
export const ENCODINGS = ['zstd', 'br', 'gzip'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** `fast` for what is sent once, `small` for what many get. */
export type Effort = 'fast' | 'small';

const packers = {
  zstd: promisify(zstdCompress),
  br: promisify(brotliCompress),
  gzip: promisify(gzip),
};

const LEVELS = { zstd: { fast: 3, small: 12 }, br: { fast: 4, small: 9 }, gzip: { fast: 1, small: 9 } };

/** Packs bytes. */
export async function pack(bytes: Buffer, encoding: Encoding, effort: Effort): Promise<Buffer> {
  const level = LEVELS[encoding][effort];
  switch (encoding) {
    case 'zstd':
      return await packers.zstd(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
    case 'br':
      return await packers.br(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: level,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      });
    case 'gzip':
      return await packers.gzip(bytes, { level });
  }
}

/**
 * The first of `liked` that `Accept-Encoding` takes; undefined for none. `q=0` is a refusal, other weights are not weighed.
 */
export function bestEncoding(
  header: string | undefined,
  liked: readonly Encoding[] = ENCODINGS,
): Encoding | undefined {
  if (header === undefined || header === '') return undefined;
  const taken = new Map<string, boolean>();
  for (const part of header.toLowerCase().split(',', 20)) {
    const [name = '', ...params] = part.split(';').map((word) => word.trim());
    taken.set(name, !params.some((param) => /^q=0(?:\.0*)?$/.test(param)));
  }
  return liked.find((encoding) => taken.get(encoding) ?? taken.get('*') ?? false);
}
