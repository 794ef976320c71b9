/** What an exporter of somebody else's may throw, hard to make a text of. */
export const ODD_THROWS: readonly (readonly [what: string, thrown: () => unknown])[] = [
  ['an object without prototype', () => Object.create(null)],
  ['undefined', () => undefined],
  ['a symbol', () => Symbol('odd')],
  [
    'an error whose message cannot be read',
    () => Object.defineProperty(new Error(), 'message', { get: explode }),
  ],
  ['an object whose text cannot be had', () => ({ toString: explode, toJSON: explode })],
  ['a revoked proxy', revokedProxy],
];

function explode(): never {
  throw new Error('boom');
}

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable(new Error('gone'), {});
  revoke();
  return proxy;
}
