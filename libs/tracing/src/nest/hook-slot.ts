/**
 * Takes one of Nest's hooks that hold a single function, on this adapter, server or client. Ours stays in it: what
 * was there before, and whatever is set later, is what `theirs` answers, for ours to call. Does nothing where there
 * is no such setter.
 */
export function takeHookSlot<H>(
  owner: object,
  setter: PropertyKey,
  previous: H | undefined,
  make: (theirs: () => H | undefined) => H,
): void {
  const set: unknown = Reflect.get(owner, setter);
  if (typeof set !== 'function') return;
  let theirs = previous;
  const ours = make(() => theirs);
  set.call(owner, ours);
  Object.defineProperty(owner, setter, {
    configurable: true,
    writable: true,
    value(hook: H | undefined) {
      theirs = hook === ours ? previous : hook;
    },
  });
}
