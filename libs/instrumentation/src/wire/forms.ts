/** The form a function gets: the kinds of its fragments. */
export interface Form {
  readonly open: string;
  readonly close: string;
  /** Repeats the parameters' names, having no `arguments`. */
  readonly names: boolean;
  /** The body stays where it is and its returned values are noted. */
  readonly isInPlace: boolean;
}

const closure = (open: string, close = 'end'): Form => ({ open, close, names: false, isInPlace: false });
const arrow = (open: string, close = 'end'): Form => ({ ...closure(open, close), names: true });

/** The body moves into a closure, which the runtime calls. */
export const AROUND = {
  run: closure('run'),
  async: closure('async'),
  construct: closure('construct'),
  derive: closure('derive', 'derive-end'),
  arrow: arrow('arrow'),
  arrowAsync: arrow('arrow-async'),
  concise: arrow('concise', 'concise-end'),
  conciseAsync: arrow('concise-async', 'concise-end'),
  /** Ends in a brace, so that a line that begins with `(` or `[` does not go on with the body. */
  conciseBlock: arrow('concise-block', 'concise-block-end'),
  conciseBlockAsync: arrow('concise-block-async', 'concise-block-end'),
} as const satisfies Record<string, Form>;

const IN_PLACE_PREFIX = 'inline';
const inPlace = (open: string, names = false): Form => ({
  open,
  close: 'inline-end',
  names,
  isInPlace: true,
});
const direct = (open: string, names = false): Form => ({
  ...inPlace(open, names),
  close: 'inline-direct-end',
});

/** The body stays where it is, between `try` and `catch … finally`. */
export const IN_PLACE = {
  run: inPlace('inline'),
  construct: inPlace('inline-construct'),
  arrow: inPlace('inline-arrow', true),
} as const satisfies Record<string, Form>;

/** The same with `catch` alone, for bodies in which nothing runs after a `return`: it takes less of the stack. */
export const DIRECT = {
  run: direct('inline-direct'),
  construct: direct('inline-direct-construct'),
  arrow: direct('inline-direct-arrow', true),
} as const satisfies Record<keyof typeof IN_PLACE, Form>;

/** What notes that a body in place returns; with `-stop` behind it where no semicolon follows. */
export interface ReturnKinds {
  /** Behind a value that has been kept. */
  readonly value: string;
  /** Behind a `return` alone. */
  readonly nothing: string;
}

/** The fragments at the `return` statements of a form in place. */
export function returnKinds({ close }: Form): ReturnKinds {
  return close === 'inline-end'
    ? { value: 'inline-return', nothing: 'inline-nothing' }
    : { value: 'inline-direct-return', nothing: 'inline-direct-nothing' };
}

/** Whether an opening fragment leaves the body where it is. */
export function opensInPlace(kind: unknown): boolean {
  return typeof kind === 'string' && kind.startsWith(IN_PLACE_PREFIX);
}
