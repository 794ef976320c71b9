import { isNoSpan } from './no-span.js';
import { isTraced, traceDescriptor } from './span.decorator.js';

/**
 * Puts a {@link Span} on every method of a class, except accessors, inherited methods and those with
 * `@NoSpan()`. Methods that have a `@Span` of their own keep it.
 */
export function Traceable(): ClassDecorator {
  return (target) => {
    const prototype = target.prototype as object;
    for (const key of Reflect.ownKeys(prototype)) {
      const descriptor = Object.getOwnPropertyDescriptor(prototype, key);
      if (key === 'constructor' || typeof descriptor?.value !== 'function') continue;
      if (isNoSpan(prototype, key) || isTraced(descriptor.value)) continue;
      traceDescriptor(descriptor, `${target.name}.${String(key)}`);
      Object.defineProperty(prototype, key, descriptor);
    }
  };
}
