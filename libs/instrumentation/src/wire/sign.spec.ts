import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createKeyPair, keyId, publicKeyOf, readPrivateKey, readPublicKey } from './keys.js';
import { openSigned, signText } from './sign.js';

const pair = createKeyPair();
const other = createKeyPair();
const signed = signText('manifest', '{"serial":1}\nsecond line, ünïcode', pair.privateKey);

const code = (
  text: string,
  keys: readonly string[] = [pair.publicKey],
  kind: 'manifest' | 'pack' = 'manifest',
) => {
  try {
    openSigned(kind, text, keys);
    return 'opened';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('a signed text', () => {
  it('gives its payload to who knows the key, also beside others', () => {
    expect(openSigned('manifest', signed, [other.publicKey, pair.publicKey])).toBe(
      '{"serial":1}\nsecond line, ünïcode',
    );
    expect(
      openSigned('edits', signText('edits', '', readPrivateKey(pair.privateKey)), [pair.publicKey]),
    ).toBe('');
  });

  it('I41: is refused when any one bit of it is another', () => {
    const bytes = Buffer.from(signed);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const answer = code(bytes.toString());
      expect(['DT_ERR_SIGNED_FORM', 'DT_ERR_SIGNED_KEY', 'DT_ERR_SIGNATURE'], `bit ${bit}`).toContain(answer);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
    }
  });

  it('never passes for one of another kind', () => {
    expect(code(signed, [pair.publicKey], 'pack')).toBe('DT_ERR_SIGNED_FORM');
    expect(code(signed.replace('"manifest"', '"pack"'), [pair.publicKey], 'pack')).toBe('DT_ERR_SIGNATURE');
  });

  it('I41: is refused when its key is not known; with two keys both are', () => {
    expect(code(signed, [other.publicKey])).toBe('DT_ERR_SIGNED_KEY');
    expect(code(signed, [])).toBe('DT_ERR_SIGNED_KEY');
    const rotated = signText('manifest', '{}', other.privateKey);
    expect(code(rotated, [pair.publicKey, other.publicKey])).toBe('opened');
  });

  it.each(['', '\n', '{}', '{"v":1}\n{}', 'x'.repeat(5000)])('is not %j', (text) => {
    expect(code(text)).toBe('DT_ERR_SIGNED_FORM');
  });
});

describe('keys', () => {
  it('have an id of 16 hex digits, the same for both forms of the public key', () => {
    const pem = readPublicKey(pair.publicKey).export({ type: 'spki', format: 'pem' }) as string;
    expect(pair.keyId).toMatch(/^[\da-f]{16}$/);
    expect([keyId(pair.publicKey), keyId(pem)]).toEqual([pair.keyId, pair.keyId]);
    expect(publicKeyOf(pair.privateKey)).toBe(pair.publicKey);
  });

  it.each(['', 'AAAA', 'not a key', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n'])(
    'are not %j',
    (text) => {
      expect(() => readPublicKey(text)).toThrow(expect.objectContaining({ code: 'DT_ERR_KEY' }));
      expect(() => readPrivateKey(text)).toThrow(expect.objectContaining({ code: 'DT_ERR_KEY' }));
    },
  );

  it('of other kinds are refused', () => {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const pem = (key: typeof publicKey, type: 'spki' | 'pkcs8') =>
      key.export({ type: type as 'spki', format: 'pem' }) as string;
    expect(() => readPublicKey(pem(publicKey, 'spki'))).toThrow(
      expect.objectContaining({ code: 'DT_ERR_KEY' }),
    );
    expect(() => readPrivateKey(pem(privateKey, 'pkcs8'))).toThrow(
      expect.objectContaining({ code: 'DT_ERR_KEY' }),
    );
  });
});
