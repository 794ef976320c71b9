/** The bare name by which woven code calls the runtime: a property of `globalThis` that the agent defines. */
export const RUNTIME_NAME = '__distrace';

/** What `enter` gives to woven code, which itself writes how the body ended: on a full stack, nothing can be called. */
export interface EnteredCall {
  /** The body has thrown `error`. */
  failed: boolean;
  error: unknown;
  /** 1: the body has returned what `value` keeps; 2: it has returned nothing. */
  done: 0 | 1 | 2;
}

/** Undefined while the probe is off. */
export type WovenCall = EnteredCall | undefined;

/**
 * What woven code uses, as members of the object behind {@link RUNTIME_NAME}. `probe` is the process-wide number of
 * the probe. Woven code looks into `live` itself and calls one of the `off` methods, which do nothing but `body()`,
 * while the probe is off.
 */
export interface WovenApi {
  /** By probe: undefined while no interceptor of it is enabled. Always the same array. */
  readonly live: readonly unknown[];
  off<T>(probe: number, self: unknown, args: ArrayLike<unknown>, body: () => T): T;
  offArrow<T>(probe: number, args: readonly unknown[], body: () => T): T;
  offConstruct<T>(
    probe: number,
    self: unknown,
    args: ArrayLike<unknown>,
    newTarget: unknown,
    body: () => T,
  ): T;
  offDerive<T>(
    probe: number,
    args: ArrayLike<unknown>,
    newTarget: unknown,
    body: () => T,
    self: () => unknown,
  ): T;
  /** Functions, methods, getters and setters. */
  run(probe: number, self: unknown, args: ArrayLike<unknown>, body: () => unknown): unknown;
  /** Async functions and methods: the woven function awaits what it gets. */
  runAsync(
    probe: number,
    self: unknown,
    args: ArrayLike<unknown>,
    body: () => Promise<unknown>,
  ): Promise<unknown>;
  /** Arrow functions: `args` are the values of the named parameters. */
  arrow(probe: number, args: readonly unknown[], body: () => unknown): unknown;
  arrowAsync(probe: number, args: readonly unknown[], body: () => Promise<unknown>): Promise<unknown>;
  /** Constructors of base classes. The result must be what `body` gave, undefined as a rule. */
  construct(
    probe: number,
    self: unknown,
    args: ArrayLike<unknown>,
    newTarget: unknown,
    body: () => unknown,
  ): unknown;
  /** Constructors of derived classes: `self()` gives the object, and throws before `super()` has returned. */
  derive(
    probe: number,
    args: ArrayLike<unknown>,
    newTarget: unknown,
    body: () => unknown,
    self: () => unknown,
  ): unknown;
  /**
   * Bodies in place. `enter` runs when the body starts, and once when it ends one of `leave`, `exit` and `end`.
   * Nothing can be replaced. Plain functions run in an async context of their own until then; generators and async
   * bodies, which may pause, run in their caller's.
   */
  enter(probe: number, self: unknown, args: ArrayLike<unknown>): WovenCall;
  /** As `enter`, in constructors of base classes. */
  enterNew(probe: number, self: unknown, args: ArrayLike<unknown>, newTarget: unknown): WovenCall;
  /** The end of a body with `finally`. */
  leave(call: WovenCall, result: unknown): void;
  /** The end of a body without `finally`, by the value that `value` keeps: answers it. */
  exit(call: WovenCall): unknown;
  /** The same by no value, or by an error. */
  end(call: WovenCall): void;
  /** Right operand of an `instanceof` behind a value: keeps it. The answer, always false, goes nowhere. */
  readonly value: { [Symbol.hasInstance](value: unknown): boolean };
  /** The value that `value` kept last, which it then keeps no longer. */
  take(): unknown;
}
