/** The bare name by which woven code calls the runtime: a property of `globalThis` that the agent defines. */
export const RUNTIME_NAME = '__distrace';

/**
 * What `enter` gives to woven code and gets back in `leave`; undefined while the probe is off. What the body threw is
 * written into it by the woven code itself: on a full stack, nothing can be called.
 */
export type WovenCall = { failed: boolean; error: unknown } | undefined;

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
   * Bodies in place. `enter` runs when the body starts, `leave` once when it ends, with the returned value or, when the
   * body threw, with the error in the call. Nothing can be replaced. Plain functions run in an async context of
   * their own until `leave`; generators and async bodies, which may pause, run in their caller's.
   */
  enter(probe: number, self: unknown, args: ArrayLike<unknown>): WovenCall;
  /** As `enter`, in constructors of base classes. */
  enterNew(probe: number, self: unknown, args: ArrayLike<unknown>, newTarget: unknown): WovenCall;
  leave(call: WovenCall, result: unknown): void;
  /** Right operand of an `instanceof` behind a value: keeps it, and answers whether it is truthy. */
  readonly value: { [Symbol.hasInstance](value: unknown): boolean };
  /** The value that `value` kept last, which it then keeps no longer. */
  take(): unknown;
}
