import { WireError } from './errors.js';
import type { HandshakeAnswer } from './messages.js';

/** Everything a process needs to be traced without a server: two signed texts and the bundle that the first one names. */
export interface PackFileParts {
  /** A `Signed` manifest. */
  readonly manifest: string;
  /** A `Signed` pack. */
  readonly pack: string;
  /** The helper bundle. */
  readonly bundle: string;
}

/**
 * The text of a pack file: the answer of a handshake, as JSON, so that a process reads both alike. It needs no
 * signature of its own: manifest and pack are signed, and the manifest holds the bundle's hash.
 */
export function packFileText({ manifest, pack, bundle }: PackFileParts): string {
  const answer: HandshakeAnswer = { protocol: 1, manifest, bundle, pack };
  return `${JSON.stringify(answer)}\n`;
}

/**
 * Reads a pack file. What it holds is checked by whoever follows it.
 *
 * @throws WireError `DT_ERR_PACK_FILE`
 */
export function readPackFile(text: string): PackFileParts {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new WireError(
      'DT_ERR_PACK_FILE',
      'A pack file is one line of JSON, got another text. Make one with "distrace pack build".',
      { cause },
    );
  }
  const { protocol, manifest, bundle, pack } = (value ?? {}) as Record<string, unknown>;
  if (
    protocol === 1 &&
    typeof manifest === 'string' &&
    typeof bundle === 'string' &&
    typeof pack === 'string'
  ) {
    return { manifest, bundle, pack };
  }
  throw new WireError(
    'DT_ERR_PACK_FILE',
    'A pack file holds protocol 1 with manifest, bundle and pack, got something else. Make one with "distrace pack build" of this release.',
  );
}
