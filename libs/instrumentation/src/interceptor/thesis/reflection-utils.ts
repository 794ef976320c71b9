/**
 * The thesis' reflection: fields and methods of the application's objects, whose types an extension does not have.
 * Never throws; `#private` members are out of reach, TypeScript's `private` ones are not.
 */
export const ReflectionUtils = Object.freeze({
  /** The value of a field, by a path such as `options.queue`; undefined where a step is missing. Runs getters. */
  getField<T = unknown>(object: unknown, path: string): T | undefined {
    try {
      return path
        .split('.')
        .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], object) as T;
    } catch {
      return undefined;
    }
  },

  /** Sets a field; false where that cannot be (no object, frozen). */
  setField(object: unknown, name: string, value: unknown): boolean {
    try {
      return isObject(object) && Reflect.set(object, name, value);
    } catch {
      return false;
    }
  },

  /** Whether an object has a method of this name, its own or inherited. */
  hasMethod(object: unknown, name: string): boolean {
    return typeof ReflectionUtils.getField(object, name) === 'function';
  },

  /** Calls a method; undefined where there is none or it throws. */
  callMethod<T = unknown>(object: unknown, name: string, ...args: readonly unknown[]): T | undefined {
    const method = ReflectionUtils.getField(object, name);
    if (typeof method !== 'function') return undefined;
    try {
      return Reflect.apply(method, object, args) as T;
    } catch {
      return undefined;
    }
  },

  /** The name of an object's class; empty where it has none. */
  className(object: unknown): string {
    return ReflectionUtils.getField<string>(object, 'constructor.name') ?? '';
  },
});

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
