/** What the servers of one rule set have in common: how new it is, and what is off. */
export interface RuleState {
  readonly rulesHash: string;
  readonly serial: number;
  /** SHA-256 of the bundle that the serial was given to. */
  readonly bundle: string;
  /** Names of rules; also of some that are gone, which are off when they come back. */
  readonly disabled: readonly string[];
  /** Where the rules came from: changed rules take over the switches of those before them. */
  readonly origin: string;
}

/** Rules as they were loaded, which have no serial yet. */
export type Loaded = Pick<RuleState, 'rulesHash' | 'bundle' | 'origin'>;

/** A store is for some rule sets at a time; older ones are what was deployed before. */
const MOST_STATES = 32;

/**
 * The state of rules that were just loaded: as it was when nothing newer has been served since, else under the next
 * serial, so that agents follow rules that are taken back as well.
 */
export function stateOf(loaded: Loaded, states: readonly RuleState[], nowMs: number): RuleState {
  const newest = newestOf(states);
  const before = newestOf(
    states.filter(({ rulesHash, origin }) => rulesHash === loaded.rulesHash || origin === loaded.origin),
  );
  const isSame = before?.rulesHash === loaded.rulesHash && before.bundle === loaded.bundle;
  if (isSame && before.serial === newest?.serial) return before;
  return { ...loaded, serial: serialAfter(newest?.serial, nowMs), disabled: before?.disabled ?? [] };
}

/** The state with one rule on or off; the same one when that is how it is. */
export function switched(
  state: RuleState,
  name: string,
  enabled: boolean,
  states: readonly RuleState[],
  nowMs: number,
): RuleState {
  if (!state.disabled.includes(name) === enabled) return state;
  const others = state.disabled.filter((other) => other !== name);
  return {
    ...state,
    serial: serialAfter(newestOf([state, ...states])?.serial, nowMs),
    disabled: enabled ? others : [...others, name],
  };
}

/** Both lists as one: the newer state of each rule set, newest first. */
export function merged(a: readonly RuleState[], b: readonly RuleState[]): readonly RuleState[] {
  const all = [...a, ...b].toSorted((one, other) => other.serial - one.serial);
  return all
    .filter(({ rulesHash }, i) => all.findIndex((other) => other.rulesHash === rulesHash) === i)
    .slice(0, MOST_STATES);
}

export function isRuleStates(value: unknown): value is readonly RuleState[] {
  return Array.isArray(value) && value.every(isRuleState);
}

function isRuleState(value: unknown): value is RuleState {
  const { rulesHash, serial, bundle, disabled, origin } = (value ?? {}) as Partial<
    Record<keyof RuleState, unknown>
  >;
  return (
    Number.isSafeInteger(serial) &&
    [rulesHash, bundle, origin].every((text) => typeof text === 'string') &&
    Array.isArray(disabled) &&
    disabled.every((name) => typeof name === 'string')
  );
}

function newestOf(states: readonly RuleState[]): RuleState | undefined {
  return states.toSorted((a, b) => b.serial - a.serial)[0];
}

/** Never back, also when somebody sets the clock. */
function serialAfter(before: number | undefined, nowMs: number): number {
  return Math.max((before ?? 0) + 1, nowMs);
}
