import { createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { WireError } from './errors.js';
import { keyIdOf, knownKey, readPrivateKey } from './keys.js';
import type { SignedHeader, SignedKind } from './signed.js';

/** No header is longer; what looks longer is no signed text. */
const MAX_HEADER_CHARS = 1024;

/**
 * The signed form of a payload: a header line, then the payload as it is.
 *
 * @param privateKey PEM, or a key object where many texts are signed
 */
export function signText(kind: SignedKind, payload: string, privateKey: string | KeyObject): string {
  const key = typeof privateKey === 'string' ? readPrivateKey(privateKey) : privateKey;
  const header: SignedHeader = {
    v: 1,
    kind,
    keyId: keyIdOf(createPublicKey(key)),
    signature: sign(null, signedBytes(kind, payload), key).toString('base64url'),
  };
  return `${JSON.stringify(header)}\n${payload}`;
}

/**
 * The payload of a signed text whose signature one of the keys has made for this kind.
 *
 * @param publicKeys as `readPublicKey` takes them; several during a rotation
 * @throws WireError `DT_ERR_SIGNED_FORM` for what is no signed text of this kind, `DT_ERR_SIGNED_KEY` when none of
 *   the keys made it, `DT_ERR_SIGNATURE` when the text is not what was signed
 */
export function openSigned(kind: SignedKind, text: string, publicKeys: readonly string[]): string {
  const end = text.slice(0, MAX_HEADER_CHARS).indexOf('\n');
  const header = end === -1 ? undefined : readHeader(text.slice(0, end));
  if (header?.kind !== kind) {
    throw new WireError('DT_ERR_SIGNED_FORM', `A signed ${kind} was expected, got ${describe(header)}.`);
  }
  const key = publicKeys.map(knownKey).find(({ keyId }) => keyId === header.keyId)?.key;
  if (key === undefined) {
    throw new WireError(
      'DT_ERR_SIGNED_KEY',
      `A signed ${kind} must be signed by a known key, got one by ${header.keyId}. Pin its public key, or sign with a pinned one.`,
    );
  }
  const payload = text.slice(end + 1);
  if (!verify(null, signedBytes(kind, payload), key, Buffer.from(header.signature, 'base64url'))) {
    throw new WireError(
      'DT_ERR_SIGNATURE',
      `The ${kind} is not what ${header.keyId} signed: it was changed on its way, or the key id is false.`,
    );
  }
  return payload;
}

function signedBytes(kind: SignedKind, payload: string): Buffer {
  return Buffer.from(`distrace ${kind} v1\n${payload}`);
}

function describe(header: SignedHeader | undefined): string {
  return header === undefined ? 'a text without a header line' : `a signed ${header.kind}`;
}

/** The header, checked strictly: it can be written in one way only, down to the unused bits of the last character. */
function readHeader(line: string): SignedHeader | undefined {
  const match =
    /^\{"v":1,"kind":"(manifest|pack|edits)","keyId":"([\da-f]{16})","signature":"([\w-]{85}[AQgw])"\}$/.exec(
      line,
    );
  const [, kind, keyId, signature] = match ?? [];
  if (kind === undefined || keyId === undefined || signature === undefined) return undefined;
  return { v: 1, kind: kind as SignedKind, keyId, signature };
}
