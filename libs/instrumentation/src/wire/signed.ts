/** What a signature is for; part of what is signed, so that a pack can never pass for a manifest. */
export type SignedKind = 'manifest' | 'pack' | 'edits';

/** The first line of a signed text, as JSON. The rest, from the character after the line feed, is the payload. */
export interface SignedHeader {
  readonly v: 1;
  readonly kind: SignedKind;
  /** First 16 hex digits of the SHA-256 of the raw public key. */
  readonly keyId: string;
  /** Ed25519 over `distrace ${kind} v1\n` + payload, base64url. */
  readonly signature: string;
}
