import { DistraceError } from '@distrace/tracing/core';
import type { Matcher } from '../matchers/matcher.js';
import type { Call } from '../runtime/index.js';
import { INTERCEPTOR } from './brand.js';
import { checkDefinition } from './define-interceptor.js';
import type { InterceptorDefinition } from './define-interceptor.js';

/**
 * The thesis' interceptor: a class per interceptor, found by the service loader. Its name is the class' own unless
 * `name` says another. `defineInterceptor` does the same without a class.
 *
 * @example
 * export class OrderInterceptor extends Interceptor {
 *   readonly match = inClass('Orders').and(method('place'));
 *   override onEnter(): void {
 *     TraceContext.current().openNestedSpan('place order');
 *   }
 * }
 */
export abstract class Interceptor {
  static readonly [INTERCEPTOR] = true;

  /** Unique among all extensions of a server; default the name of the class. */
  get name(): string {
    return this.constructor.name;
  }

  /** Which functions it runs at. */
  abstract readonly match: Matcher;

  /** Before the body; see {@link Call}. */
  onEnter?(call: Call): void;
  /** After the body, with what it returned or its promise settled to. */
  onExit?(call: Call, result: unknown): void;
  /** Instead of `onExit`, with what was thrown or rejected. */
  onError?(call: Call, error: unknown): void;
  /** Stands in for the function; excludes the three others. */
  replace?(call: Call, proceed: () => unknown): unknown;
}

/** A class that extends {@link Interceptor}. */
export type InterceptorClass = new () => Interceptor;

/** Whether a value is a class that extends `Interceptor`, of this copy of the library or of another. */
export function isInterceptorClass(value: unknown): value is InterceptorClass {
  return typeof value === 'function' && (value as { [INTERCEPTOR]?: unknown })[INTERCEPTOR] === true;
}

/** Whether a value came from `defineInterceptor`, of this copy of the library or of another. */
export function isInterceptorDefinition(value: unknown): value is InterceptorDefinition {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, INTERCEPTOR);
}

/**
 * The definition behind what an extension exports: the definition itself, or one made of an instance of the class.
 * Throws `DT_ERR_INTERCEPTOR` for anything else.
 */
export function definitionOf(exported: unknown): InterceptorDefinition {
  if (isInterceptorDefinition(exported)) return exported;
  if (!isInterceptorClass(exported)) {
    throw new DistraceError(
      'DT_ERR_INTERCEPTOR',
      `An interceptor is made by defineInterceptor() or extends Interceptor, got ${typeof exported}; export one of the two`,
    );
  }
  const made = new exported();
  const hooks = (['onEnter', 'onExit', 'onError', 'replace'] as const)
    .filter((hook) => made[hook] !== undefined)
    .map((hook) => [hook, made[hook]!.bind(made)] as const);
  const definition: unknown = { name: made.name, match: made.match, ...Object.fromEntries(hooks) };
  checkDefinition(definition);
  return definition;
}
