import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** Who trusts whom in a run with `--untraced`: made for the run, and gone with it. */
export interface Trust {
  /** What agents show the instrumentation server. */
  readonly agentToken: string;
  /** What the run itself shows it, to read its counters. */
  readonly readerToken: string;
  /** Ed25519, PEM; known to the instrumentation server only, which signs with it. */
  readonly privateKey: string;
  /** Its other half, 32 bytes in base64url: what the agents pin. */
  readonly publicKey: string;
}

/** New tokens and a new key pair. */
export function newTrust(): Trust {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    agentToken: randomBytes(24).toString('base64url'),
    readerToken: randomBytes(24).toString('base64url'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    publicKey: String(publicKey.export({ format: 'jwk' }).x),
  };
}
