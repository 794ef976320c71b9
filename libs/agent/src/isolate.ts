/** What this package leaves in a thread, under a registered symbol: a second copy of it must find the first. */
const LOADED = Symbol.for('distrace.agent');

/** True the first time in this thread. Loaded twice, by whatever options, the agent starts once. */
export function claimThread(): boolean {
  if (Object.hasOwn(globalThis, LOADED)) return false;
  Object.defineProperty(globalThis, LOADED, { value: true });
  return true;
}
