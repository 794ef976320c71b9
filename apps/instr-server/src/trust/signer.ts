import type { KeyObject } from 'node:crypto';
import {
  createKeyPair,
  keyId,
  publicKeyOf,
  readPrivateKey,
  signText,
  type SignedKind,
} from '@distrace/instrumentation/wire';

/** Signs what is served with the server's online key. */
export class Signer {
  readonly keyId: string;
  /** Raw, base64url: what agents pin. */
  readonly publicKey: string;
  readonly #key: KeyObject;

  /** Without a key it makes one, which nobody can have pinned. @throws WireError for what is no Ed25519 private key. */
  constructor(privateKey: string = createKeyPair().privateKey) {
    this.#key = readPrivateKey(privateKey);
    this.publicKey = publicKeyOf(privateKey);
    this.keyId = keyId(this.publicKey);
  }

  sign(kind: SignedKind, payload: string): string {
    return signText(kind, payload, this.#key);
  }
}
