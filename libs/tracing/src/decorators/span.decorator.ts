import { context, trace } from '@opentelemetry/api';
import type { Attributes, SpanOptions, Tracer, TracerProvider } from '@opentelemetry/api';
import { endWith } from './end-with.js';
import { fail } from './lifetime.js';
import type { Lifetime } from './lifetime.js';

/** How a method is traced. */
export interface SpanDecoratorOptions extends SpanOptions {
  /** Default `Class.method`. */
  readonly name?: string;
  /** Attributes taken from the result; called with each value of an Observable. What it throws is ignored. */
  readonly onResult?: (result: never) => Attributes | undefined;
}

/** Options from the arguments of a call; `this` is the instance. What it throws is ignored. */
export type SpanOptionsFromArguments = (...args: never[]) => SpanDecoratorOptions;

type AnyMethod = (this: unknown, ...args: unknown[]) => unknown;

const traced = new WeakSet<object>();

/**
 * Runs a method (or getter) inside a span. The span ends when the work does, be the result a value, a
 * promise, a thenable, an Observable or an async generator. Name, length and metadata of the method stay.
 *
 * @example
 * class Orders {
 *   @Span()
 *   async place(order: Order) {}
 *
 *   @Span('orders.find', (id: string) => ({ attributes: { 'order.id': id } }))
 *   find(id: string) {}
 * }
 */
export function Span(
  nameOrOptions?: string | SpanDecoratorOptions | SpanOptionsFromArguments,
  options?: SpanDecoratorOptions | SpanOptionsFromArguments,
): MethodDecorator {
  const given = typeof nameOrOptions === 'string' ? options : (nameOrOptions ?? options);
  return (target, key, descriptor) => {
    const owner = typeof target === 'function' ? target.name : target.constructor.name;
    const name = typeof nameOrOptions === 'string' ? nameOrOptions : `${owner}.${String(key)}`;
    traceDescriptor(descriptor as PropertyDescriptor, name, given);
    return descriptor;
  };
}

/** Puts a span around what the descriptor holds: a method, else a getter. */
export function traceDescriptor(
  descriptor: PropertyDescriptor,
  name: string,
  options?: SpanDecoratorOptions | SpanOptionsFromArguments,
): void {
  if (typeof descriptor.value === 'function') {
    descriptor.value = traceFunction(descriptor.value as AnyMethod, name, options);
  } else if (descriptor.get !== undefined) {
    descriptor.get = traceFunction(descriptor.get as AnyMethod, name, options);
  }
}

/** Whether this function is one that `@Span` made. */
export function isTraced(method: unknown): boolean {
  return typeof method === 'function' && traced.has(method);
}

function traceFunction(
  original: AnyMethod,
  name: string,
  options: SpanDecoratorOptions | SpanOptionsFromArguments | undefined,
): AnyMethod {
  const wrapper: AnyMethod = function (this: unknown, ...args) {
    const lifetime = begin(name, options, this, args);
    if (lifetime === undefined) return original.apply(this, args);
    let result: unknown;
    try {
      result = context.with(lifetime.ctx, () => original.apply(this, args));
    } catch (error) {
      fail(lifetime, error);
      throw error;
    }
    return endWith(result, lifetime);
  };
  Object.defineProperty(wrapper, 'name', { configurable: true, value: original.name });
  Object.defineProperty(wrapper, 'length', { configurable: true, value: original.length });
  copyMetadata(original, wrapper);
  traced.add(wrapper);
  return wrapper;
}

/** Starts the span of a call. Undefined when something of the application's threw: the method runs all the same. */
function begin(
  name: string,
  options: SpanDecoratorOptions | SpanOptionsFromArguments | undefined,
  self: unknown,
  args: unknown[],
): Lifetime | undefined {
  try {
    const resolved = typeof options === 'function' ? optionsFrom(options, self, args) : options;
    const parent = context.active();
    const span = getTracer().startSpan(resolved?.name ?? name, resolved, parent);
    const ctx = trace.setSpan(parent, span);
    const onResult = resolved?.onResult;
    if (onResult === undefined) return { span, ctx };
    return { span, ctx, onResult: (result) => void span.setAttributes(onResult(result as never) ?? {}) };
  } catch {
    return undefined;
  }
}

function optionsFrom(
  options: SpanOptionsFromArguments,
  self: unknown,
  args: unknown[],
): SpanDecoratorOptions | undefined {
  try {
    const resolved: unknown = options.apply(self as never, args as never[]);
    // An async function's answer comes too late, and its rejection would be nobody's.
    if (resolved instanceof Promise) void resolved.catch(() => undefined);
    return resolved as SpanDecoratorOptions;
  } catch {
    return undefined;
  }
}

interface MetadataReflect {
  getOwnMetadataKeys?(target: object): unknown[];
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

/** Guards, pipes and routes are found by metadata on the function: without it they silently stop working. */
function copyMetadata(from: object, to: object): void {
  const reflect = Reflect as MetadataReflect;
  for (const key of reflect.getOwnMetadataKeys?.(from) ?? []) {
    reflect.defineMetadata?.(key, reflect.getOwnMetadata?.(key, from), to);
  }
}

/** As in the core of the library, which this folder does without. */
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.44.0';

let provider: TracerProvider | undefined;
let tracer: Tracer | undefined;

function getTracer(): Tracer {
  // Behind the API's proxy, which stays the same when the provider changes.
  const global = trace.getTracerProvider() as TracerProvider & { getDelegate?: () => TracerProvider };
  const current = global.getDelegate?.() ?? global;
  if (tracer === undefined || provider !== current) {
    provider = current;
    tracer = current.getTracer('@distrace/tracing', undefined, { schemaUrl: SCHEMA_URL });
  }
  return tracer;
}
