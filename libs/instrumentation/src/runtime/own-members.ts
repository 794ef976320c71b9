import type { Primordials } from './primordials.js';

/**
 * What an object or its class says of itself. An application may give all objects a member, by mistake or by an
 * attack on it: that is no hook, and calling it would break calls that are none of its business.
 */
export function ownMember<T extends object, K extends keyof T & string>(
  holder: T,
  name: K,
  { ObjectPrototype, getPrototypeOf, getOwnPropertyDescriptor }: Primordials,
): T[K] | undefined {
  for (let at: object | null = holder; at !== null && at !== ObjectPrototype; at = getPrototypeOf(at)) {
    if (getOwnPropertyDescriptor(at, name) !== undefined) return holder[name];
  }
  return undefined;
}
