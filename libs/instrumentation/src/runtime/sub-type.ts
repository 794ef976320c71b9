import type { Primordials, SafeWeakMap } from './primordials.js';

/** Whether a receiver is an instance of a class of that name, or of a class below it; the class itself counts. */
export type SubTypeTest = (self: unknown, newTarget: unknown) => boolean;

/**
 * Answers from the names of the constructors on the prototype chain, without running a getter of the application,
 * once per class. A static method's receiver is the class; before `super()` only `new.target` tells.
 */
export function subTypeTest(names: readonly string[], primordials: Primordials): SubTypeTest {
  const wanted: Record<string, true> = Object.create(null) as Record<string, true>;
  for (const name of names) wanted[name] = true;
  const known: SafeWeakMap<object, boolean> = primordials.weakMap();
  const { getPrototypeOf, getOwnPropertyDescriptor } = primordials;

  function valueOf(holder: unknown, key: PropertyKey): unknown {
    if (!isObject(holder)) return undefined;
    return getOwnPropertyDescriptor(holder, key)?.value as unknown;
  }

  function startOf(self: unknown, newTarget: unknown): unknown {
    const subject = self ?? newTarget;
    if (typeof subject === 'function') return valueOf(subject, 'prototype');
    return isObject(subject) ? getPrototypeOf(subject) : undefined;
  }

  function walk(start: object): boolean {
    for (let proto: object | null = start; proto !== null; proto = getPrototypeOf(proto)) {
      const name = valueOf(valueOf(proto, 'constructor'), 'name');
      if (typeof name === 'string' && wanted[name] === true) return true;
    }
    return false;
  }

  return function isSubType(self, newTarget) {
    try {
      const start = startOf(self, newTarget);
      if (!isObject(start)) return false;
      let answer = known.get(start);
      if (answer === undefined) known.set(start, (answer = walk(start)));
      return answer;
    } catch {
      // A proxy of the application's that refuses to be asked.
      return false;
    }
  };
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
