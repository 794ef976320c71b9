import { DistraceError } from '@distrace/tracing/core';
import { isMatcher } from '../matchers/matcher.js';
import type { Matcher } from '../matchers/matcher.js';
import type { Advice, Replacement } from '../runtime/index.js';
import { INTERCEPTOR } from './brand.js';

interface InterceptorHead {
  /** Unique among all extensions of a server: letters, digits and `_ . : @ / -`, at most 100. */
  readonly name: string;
  /** Which functions it runs at. */
  readonly match: Matcher;
}

/** Advice around a function: it sees a call and cannot change it. At least one of the three hooks. */
export type AdviceDefinition = InterceptorHead & Advice & { readonly replace?: undefined };

/** A stand-in for a function, which may run the original by `proceed()`. */
export type ReplacementDefinition = InterceptorHead &
  Replacement & { readonly onEnter?: undefined; readonly onExit?: undefined; readonly onError?: undefined };

/** What an extension says: where, and what happens there. */
export type InterceptorDefinition = AdviceDefinition | ReplacementDefinition;

const HOOKS = ['onEnter', 'onExit', 'onError', 'replace'] as const;
const NAME = /^[\w@][\w.:@/-]{0,99}$/;

/**
 * Defines an interceptor: hooks around the matched functions, or a replacement for them. Throws `DT_ERR_INTERCEPTOR`
 * for what cannot work; globs and version ranges are checked when the server starts.
 *
 * @example
 * export const orders = defineInterceptor({
 *   name: 'orders',
 *   match: inPackage('shop').and(inClass('Orders')).and(method('place')),
 *   onEnter: () => void TraceContext.current().openNestedSpan('place order'),
 * });
 */
export function defineInterceptor<T extends InterceptorDefinition>(definition: T): Readonly<T> {
  checkDefinition(definition);
  return Object.freeze(Object.defineProperty({ ...definition }, INTERCEPTOR, { value: true }));
}

/** Throws `DT_ERR_INTERCEPTOR` for what is no definition of an interceptor. */
export function checkDefinition(definition: unknown): asserts definition is InterceptorDefinition {
  const given = (typeof definition === 'object' && definition !== null ? definition : {}) as Record<
    string,
    unknown
  >;
  const { name } = given;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw refused(
      `An interceptor needs a name of 1 to 100 letters, digits and _ . : @ / -, got ${typeof name === 'string' ? JSON.stringify(name) : typeof name}; give it one that no other extension has`,
    );
  }
  if (!isMatcher(given['match'])) {
    throw refused(
      `Interceptor ${name} needs a matcher as "match", got ${typeof given['match']}; for example match: inClass('Orders').and(method('place'))`,
    );
  }
  const hooks = HOOKS.filter((hook) => given[hook] !== undefined);
  const bad = hooks.find((hook) => typeof given[hook] !== 'function');
  if (bad !== undefined) {
    throw refused(`Interceptor ${name}: ${bad} must be a function, got ${typeof given[bad]}; correct it`);
  }
  if (hooks.length === 0) {
    throw refused(
      `Interceptor ${name} needs onEnter, onExit or onError, or replace, got none of them; add what it shall do`,
    );
  }
  if (hooks.includes('replace') && hooks.length > 1) {
    throw refused(
      `Interceptor ${name} takes either replace or advice, got ${hooks.join(' and ')}; make two interceptors of it`,
    );
  }
}

function refused(message: string): DistraceError {
  return new DistraceError('DT_ERR_INTERCEPTOR', message);
}
