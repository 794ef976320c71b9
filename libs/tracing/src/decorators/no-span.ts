const excluded = new WeakMap<object, Set<PropertyKey>>();

/** Leaves a method out of its class' {@link Traceable}, and a handler out of `TracingInterceptor`. */
export function NoSpan(): MethodDecorator {
  return (target, key) => {
    const keys = excluded.get(target) ?? new Set();
    excluded.set(target, keys.add(key));
  };
}

/** Whether a method of this prototype (or of one it inherits from) is left out. */
export function isNoSpan(prototype: object, key: PropertyKey): boolean {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (excluded.get(at)?.has(key) === true) return true;
  }
  return false;
}
