import { describe, expect, it } from 'vitest';
import { checkAddress, isLoopback } from './check-address.js';

const OPEN = { hasTls: false, isOpen: true };

describe('where a server listens', () => {
  it.each(['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1', 'localhost'])(
    '%s is this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true);
      expect(() => checkAddress({ port: 0, host }, OPEN)).not.toThrow();
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org', '', '1270.0.0.1'])(
    'I44: %s needs TLS or an explicit word, and tokens',
    (host) => {
      expect(isLoopback(host)).toBe(false);
      const plain = { port: 0, host };
      expect(() => checkAddress(plain, { hasTls: false, isOpen: false })).toThrow('must have TLS');
      expect(() => checkAddress(plain, { hasTls: true, isOpen: true })).toThrow('must have tokens');
      expect(() => checkAddress(plain, { hasTls: true, isOpen: false })).not.toThrow();
      const insecure = { ...plain, insecurePlainTcp: true };
      expect(() => checkAddress(insecure, { hasTls: false, isOpen: false })).not.toThrow();
      expect(() => checkAddress(insecure, OPEN)).toThrow('must have tokens');
    },
  );

  it('is this machine unless said otherwise', () => {
    expect(() => checkAddress({ port: 0 }, OPEN)).not.toThrow();
    expect(() => checkAddress({ socket: '/tmp/x' }, OPEN)).not.toThrow();
  });
});
