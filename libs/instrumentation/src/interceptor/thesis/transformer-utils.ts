import type { TraceContext } from '@distrace/tracing/core';
import { method } from '../../matchers/index.js';
import type { Matcher } from '../../matchers/index.js';
import type { Advice, Call } from '../../runtime/index.js';
import { defineInterceptor } from '../define-interceptor.js';
import type { InterceptorDefinition } from '../define-interceptor.js';

/** Keeps one trace context per object of the application. */
export interface TraceContextField {
  get(object: object): TraceContext | undefined;
  set(object: object, trace: TraceContext): void;
  /** The trace context, which the object no longer has. */
  take(object: object): TraceContext | undefined;
}

/** A method of an interceptor class as the thesis has it: stands in for the method of the same name. */
export type InterceptorMethod = (call: Call, proceed: () => unknown) => unknown;

export interface InterceptorMethodsOptions {
  readonly name: string;
  /** Methods of the interceptor that are not woven. */
  readonly ignore?: readonly string[];
  /** Whether the original runs after the interceptor's method, and its result is the call's. Default false. */
  readonly callSuper?: boolean;
}

/** The thesis' ways to say what happens to the methods of a type, on top of `defineInterceptor`. */
export const TransformerUtils = Object.freeze({
  /** Advice around one method of the types that a matcher finds. */
  forMethod(type: Matcher, methodName: string, advice: Named<Advice>): InterceptorDefinition {
    return TransformerUtils.forMethods(type, [methodName], advice);
  },

  /** Advice around some methods of the types that a matcher finds. */
  forMethods(type: Matcher, methodNames: readonly string[], advice: Named<Advice>): InterceptorDefinition {
    return defineInterceptor<InterceptorDefinition>({ match: type.and(anyMethod(methodNames)), ...advice });
  },

  /** Each method of `interceptor` stands in for the method of its name of the types that a matcher finds. */
  forInterceptorMethods(
    type: Matcher,
    interceptor: Readonly<Record<string, InterceptorMethod>>,
    { name, ignore = [], callSuper = false }: InterceptorMethodsOptions,
  ): InterceptorDefinition {
    const names = Object.keys(interceptor).filter((key) => !ignore.includes(key));
    return defineInterceptor({
      name,
      match: type.and(anyMethod(names)),
      replace(call, proceed) {
        const own = interceptor[call.function.slice(call.function.lastIndexOf('.') + 1)];
        if (!callSuper) return own?.(call, proceed);
        own?.(call, proceed);
        return proceed();
      },
    });
  },

  /**
   * A field for a trace context on objects of the application: opened in one method, closed in another. The object
   * stays as it is, and is not kept alive.
   */
  defineTraceContextField(): TraceContextField {
    const contexts = new WeakMap<object, TraceContext>();
    return {
      get: (object) => contexts.get(object),
      set: (object, trace) => void contexts.set(object, trace),
      take(object) {
        const trace = contexts.get(object);
        contexts.delete(object);
        return trace;
      },
    };
  },
});

type Named<T> = T & { readonly name: string };

function anyMethod(names: readonly string[]): Matcher {
  const [first = '', ...others] = names;
  return others.reduce((sum, name) => sum.or(method(name)), method(first));
}
