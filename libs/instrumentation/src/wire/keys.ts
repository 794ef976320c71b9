import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { WireError } from './errors.js';

/** An Ed25519 key pair as texts. */
export interface KeyPair {
  /** The raw 32 bytes, base64url: what agents pin. */
  readonly publicKey: string;
  /** PKCS #8, PEM. */
  readonly privateKey: string;
  /** See {@link keyId}. */
  readonly keyId: string;
}

const RAW_KEY_BYTES = 32;

/** A new key pair. */
export function createKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKey: rawPublicKey(publicKey),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    keyId: keyIdOf(publicKey),
  };
}

/** First 16 hex digits of the SHA-256 of the raw public key; takes what {@link readPublicKey} takes. */
export function keyId(publicKey: string): string {
  return keyIdOf(readPublicKey(publicKey));
}

/** The public half, base64url, of a private key as PEM. */
export function publicKeyOf(privateKey: string): string {
  return rawPublicKey(createPublicKey(readPrivateKey(privateKey)));
}

/**
 * A public key given as its raw 32 bytes in base64url, or as PEM.
 *
 * @throws WireError `DT_ERR_KEY`
 */
export function readPublicKey(text: string): KeyObject {
  try {
    const key = text.includes('-----BEGIN')
      ? createPublicKey(text)
      : createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: text.trim() }, format: 'jwk' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw badKey('public', '32 bytes in base64url, or PEM', cause);
  }
  throw badKey('public', '32 bytes in base64url, or PEM');
}

/** A public key with its id. */
export interface KnownKey {
  readonly key: KeyObject;
  readonly keyId: string;
}

// Those that a process pins; whoever has more reads the oldest again.
const MOST_KNOWN_KEYS = 64;
const knownKeys = new Map<string, KnownKey>();

/**
 * {@link readPublicKey} and its id, read once for each text: an agent opens a signed text for each file it loads, and
 * reading a key takes as long as verifying a signature.
 */
export function knownKey(text: string): KnownKey {
  let known = knownKeys.get(text);
  if (known === undefined) {
    const key = readPublicKey(text);
    known = { key, keyId: keyIdOf(key) };
    if (knownKeys.size >= MOST_KNOWN_KEYS) knownKeys.delete(knownKeys.keys().next().value!);
    knownKeys.set(text, known);
  }
  return known;
}

/**
 * A private key given as PEM (PKCS #8).
 *
 * @throws WireError `DT_ERR_KEY`; the message never holds the key
 */
export function readPrivateKey(pem: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch (cause) {
    throw badKey('private', 'PEM, PKCS #8', cause);
  }
  throw badKey('private', 'PEM, PKCS #8');
}

export function keyIdOf(publicKey: KeyObject): string {
  const raw = Buffer.from(rawPublicKey(publicKey), 'base64url');
  return createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

function rawPublicKey(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).subarray(-RAW_KEY_BYTES).toString('base64url');
}

function badKey(half: string, form: string, cause?: unknown): WireError {
  return new WireError(
    'DT_ERR_KEY',
    `A ${half} key is an Ed25519 key as ${form}, got another text. Make one with "distrace keys create".`,
    { cause },
  );
}
