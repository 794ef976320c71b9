import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyPair } from '@distrace/instrumentation/wire';
import { pinnedKeys } from './pinned-keys.js';

const [A, B, C] = [createKeyPair(), createKeyPair(), createKeyPair()].map(({ publicKey }) => publicKey) as [
  string,
  string,
  string,
];
const PEM = generateKeyPairSync('ed25519')
  .publicKey.export({ type: 'spki', format: 'pem' })
  .toString()
  .trim();
const FILES: Readonly<Record<string, string>> = {
  a: `${A}\n`,
  bc: `${B},\n\n ${C}\n`,
  pem: `${PEM}\n${A}\n`,
  empty: ' \n',
  private: createKeyPair().privateKey,
  binary: '\u0000\u001b[2J',
};

const pin = (written: string) =>
  pinnedKeys(written, (path) => {
    const text = FILES[path];
    if (text === undefined) throw new Error(`ENOENT: ${path}`);
    return text;
  });

describe('public_key', () => {
  it.each([
    [A, [A]],
    [`${A},${B}`, [A, B]],
    [` ${A} , ${A},`, [A]],
    ['@a', [A]],
    ['@a,@bc', [A, B, C]],
    [`${C},@a , @bc`, [C, A, B]],
    ['@pem', [PEM, A]],
    [PEM, [PEM]],
  ])('pins the keys of %j', (written, keys) => {
    expect(pin(written)).toEqual(keys);
  });

  it.each<[string, RegExp]>([
    ['', /got "": no key$/],
    [',', /got ",": no key$/],
    ['@', /got "@": ENOENT/],
    ['@none', /got "@none": ENOENT: none$/],
    ['@a,@none', /got "@none": ENOENT: none$/],
    ['@empty', /got "@empty": it holds no key$/],
    ['@private', /got "@private": A public key is an Ed25519 key/],
    ['@binary', /got "@binary": A public key is/],
    [`${A},short`, /got "short": A public key is/],
    ['x'.repeat(100_000), /got "x{80}…": A public key is/],
  ])('is refused as %j, by the part that is wrong', (written, message) => {
    let error: unknown;
    try {
      pin(written);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'DT_ERR_AGENT_ARGS' });
    expect((error as Error).message).toMatch(/^public_key takes public keys/);
    expect((error as Error).message).toMatch(message);
  });

  it('is not told in a message when it is the private half', () => {
    const pem = createKeyPair().privateKey.trim();
    expect(() => pin(pem)).toThrow(/got a private key:/);
  });
});
