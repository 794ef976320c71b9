/** What the runtime needs of the language, taken before the application can change it. */
export interface Primordials {
  readonly ObjectPrototype: object;
  readonly PromisePrototype: object;
  readonly Promise: PromiseConstructor;
  then(
    promise: unknown,
    onFulfilled: (value: unknown) => void,
    onRejected: (error: unknown) => void,
  ): unknown;
  /** A promise itself; false for a proxy around one, which it does not touch. */
  isPromise(value: unknown): boolean;
  getPrototypeOf(value: object): object | null;
  setPrototypeOf(value: object, prototype: object | null): boolean;
  getOwnPropertyDescriptor(value: object, key: PropertyKey): PropertyDescriptor | undefined;
  defineProperty(value: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean;
  weakMap<K extends WeakKey, V>(): SafeWeakMap<K, V>;
}

/** A WeakMap whose methods are its own, so that a changed `WeakMap.prototype` does not reach it. */
export interface SafeWeakMap<K extends WeakKey, V> {
  get(key: K): V | undefined;
  set(key: K, value: V): unknown;
  delete(key: K): boolean;
}

/** Takes them from the realm as it is now. */
export function capturePrimordials(): Primordials {
  const { getPrototypeOf, setPrototypeOf, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const { call } = Function.prototype;
  const Weak = WeakMap;
  const { get, set, delete: remove } = WeakMap.prototype;
  return Object.freeze({
    Promise,
    ObjectPrototype: Object.prototype,
    PromisePrototype: Promise.prototype,
    // oxlint-disable-next-line unicorn/no-thenable -- the function, not a method of this table
    then: call.bind(Promise.prototype.then) as unknown as Primordials['then'],
    isPromise: process.getBuiltinModule('node:util').types.isPromise,
    getPrototypeOf,
    setPrototypeOf,
    getOwnPropertyDescriptor,
    defineProperty,
    weakMap<K extends WeakKey, V>(): SafeWeakMap<K, V> {
      const map = new Weak<K, V>();
      return { get: get.bind(map) as (key: K) => V, set: set.bind(map), delete: remove.bind(map) };
    },
  });
}
