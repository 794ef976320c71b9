import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';

/** Longer chains would make look-ups slow and keep old values alive. */
const MAX_LINKS = 12;

/**
 * OpenTelemetry's context, as one link per value instead of a copied map per value: a handled message makes four
 * contexts, and the maps with their closures cost more than reading the headers does.
 */
class LinkedContext implements Context {
  readonly #parent: Context;
  readonly #key: symbol;
  readonly #value: unknown;
  readonly #length: number;

  constructor(parent: Context, key: symbol, value: unknown, length: number) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
    this.#length = length;
  }

  static isOne(ctx: Context): ctx is LinkedContext {
    return ctx instanceof LinkedContext;
  }

  getValue(key: symbol): unknown {
    if (key === this.#key) return this.#value;
    let at = this.#parent;
    while (LinkedContext.isOne(at)) {
      if (key === at.#key) return at.#value;
      at = at.#parent;
    }
    return at.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    // A child span takes the place of its parent: chains stay as short as there are keys.
    if (key === this.#key) return new LinkedContext(this.#parent, key, value, this.#length);
    if (this.#length >= MAX_LINKS) return this.#flatten().setValue(key, value);
    return new LinkedContext(this, key, value, this.#length + 1);
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }

  #flatten(): Context {
    const values = new Map([[this.#key, this.#value]]);
    let at = this.#parent;
    while (LinkedContext.isOne(at)) {
      if (!values.has(at.#key)) values.set(at.#key, at.#value);
      at = at.#parent;
    }
    for (const [key, value] of values) at = at.setValue(key, value);
    return linked(at);
  }
}

const NOTHING = Symbol('distrace.nothing');
const LINKED_ROOT = new LinkedContext(ROOT_CONTEXT, NOTHING, undefined, 0);

/** The same context, whose `setValue` is cheap. */
export function linked(ctx: Context): Context {
  if (ctx === ROOT_CONTEXT) return LINKED_ROOT;
  return LinkedContext.isOne(ctx) ? ctx : new LinkedContext(ctx, NOTHING, undefined, 0);
}
