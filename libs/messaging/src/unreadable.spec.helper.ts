/** What a handler may throw though nothing can be read from it. Made anew each time: to show one fails too. */
export const unreadable: readonly (readonly [name: string, make: () => unknown])[] = [
  ['an object without a prototype', () => Object.create(null) as unknown],
  ['a message that throws', () => Object.defineProperty(new Error('x'), 'message', { get: refuse })],
  ['a revoked proxy', revokedProxy],
  ['a toString that throws', () => ({ toString: refuse })],
];

function refuse(): never {
  throw new Error('not to be read');
}

function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
