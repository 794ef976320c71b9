/** What a key can do. */
export type Command =
  | 'next'
  | 'previous'
  | 'first'
  | 'last'
  | 'open'
  | 'left'
  | 'right'
  | 'toggle'
  | 'search'
  | 'nextMatch'
  | 'previousMatch'
  | 'nextError'
  | 'previousError'
  | 'filter'
  | 'expandAll'
  | 'collapseAll'
  | 'expandLevel'
  | 'collapseLevel'
  | 'zoomIn'
  | 'zoomOut'
  | 'zoomSpan'
  | 'zoomReset'
  | 'panLeft'
  | 'panRight'
  | 'skew'
  | 'group'
  | 'criticalPath'
  | 'copyLink'
  | 'download'
  | 'pause'
  | 'list'
  | 'theme'
  | 'close'
  | 'help';

/** Where a key works. */
export type Scope = 'anywhere' | 'list' | 'trace';

/** One line of the help. */
export interface Binding {
  readonly command: Command;
  readonly keys: readonly string[];
  readonly scopes: readonly Scope[];
  readonly what: string;
}

const LIST_TRACE: readonly Scope[] = ['list', 'trace'];
const TRACE: readonly Scope[] = ['trace'];

/** All keys, in the order of the help. `Shift+` is written only before keys that Shift does not change. */
export const BINDINGS: readonly Binding[] = [
  { command: 'next', keys: ['ArrowDown', 'j'], scopes: LIST_TRACE, what: 'Next row' },
  { command: 'previous', keys: ['ArrowUp', 'k'], scopes: LIST_TRACE, what: 'Previous row' },
  { command: 'first', keys: ['Home'], scopes: LIST_TRACE, what: 'First row' },
  { command: 'last', keys: ['End'], scopes: LIST_TRACE, what: 'Last row' },
  { command: 'open', keys: ['Enter'], scopes: LIST_TRACE, what: 'Open the trace, or the span’s details' },
  { command: 'right', keys: ['ArrowRight'], scopes: TRACE, what: 'Expand, or go to the first child' },
  { command: 'left', keys: ['ArrowLeft'], scopes: TRACE, what: 'Collapse, or go to the parent' },
  { command: 'toggle', keys: [' '], scopes: TRACE, what: 'Expand or collapse' },
  { command: 'expandAll', keys: ['e'], scopes: TRACE, what: 'Expand all' },
  { command: 'collapseAll', keys: ['c'], scopes: TRACE, what: 'Collapse all' },
  { command: 'expandLevel', keys: ['E'], scopes: TRACE, what: 'Expand one level' },
  { command: 'collapseLevel', keys: ['C'], scopes: TRACE, what: 'Collapse one level' },
  { command: 'search', keys: ['/'], scopes: LIST_TRACE, what: 'Search' },
  { command: 'nextMatch', keys: ['.'], scopes: TRACE, what: 'Next match (Enter in the search field)' },
  { command: 'previousMatch', keys: [','], scopes: TRACE, what: 'Previous match (Shift+Enter there)' },
  { command: 'filter', keys: ['h'], scopes: TRACE, what: 'Hide or dim what does not match' },
  { command: 'nextError', keys: ['n'], scopes: TRACE, what: 'Next error' },
  { command: 'previousError', keys: ['p'], scopes: TRACE, what: 'Previous error' },
  { command: 'zoomIn', keys: ['+', '='], scopes: TRACE, what: 'Zoom in' },
  { command: 'zoomOut', keys: ['-'], scopes: TRACE, what: 'Zoom out' },
  { command: 'zoomSpan', keys: ['f'], scopes: TRACE, what: 'Zoom to the selected span' },
  { command: 'zoomReset', keys: ['0'], scopes: TRACE, what: 'Show the whole time' },
  { command: 'panLeft', keys: ['Shift+ArrowLeft'], scopes: TRACE, what: 'Earlier' },
  { command: 'panRight', keys: ['Shift+ArrowRight'], scopes: TRACE, what: 'Later' },
  { command: 'group', keys: ['g'], scopes: TRACE, what: 'Group repeated siblings' },
  { command: 'criticalPath', keys: ['x'], scopes: TRACE, what: 'Critical path' },
  { command: 'skew', keys: ['s'], scopes: TRACE, what: 'Make clocks agree' },
  { command: 'copyLink', keys: ['y'], scopes: TRACE, what: 'Copy a link to this view' },
  { command: 'download', keys: ['d'], scopes: TRACE, what: 'Download as JSON' },
  { command: 'list', keys: ['u'], scopes: TRACE, what: 'Back to the list' },
  { command: 'pause', keys: ['l'], scopes: ['list'], what: 'Pause or go on listening' },
  { command: 'theme', keys: ['t'], scopes: ['anywhere'], what: 'Dark or light' },
  { command: 'help', keys: ['?'], scopes: ['anywhere'], what: 'This help' },
  { command: 'close', keys: ['Escape'], scopes: ['anywhere'], what: 'Close what is open' },
];

/** The parts of a keyboard event that matter. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey?: boolean;
  readonly ctrlKey?: boolean;
  readonly altKey?: boolean;
  readonly metaKey?: boolean;
}

/** What a key press asks for. With Ctrl, Alt or Meta it is the browser's. */
export function commandOf(press: KeyPress, scope: Scope): Command | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey) return undefined;
  const isShiftedArrow = press.shiftKey && press.key.startsWith('Arrow');
  const key = isShiftedArrow ? `Shift+${press.key}` : press.key;
  return BINDINGS.find(
    ({ keys, scopes }) => keys.includes(key) && (scopes.includes('anywhere') || scopes.includes(scope)),
  )?.command;
}

/** How a key is written for people. */
export function keyLabel(key: string): string {
  const names: Readonly<Record<string, string>> = { ' ': 'Space', Escape: 'Esc' };
  return (
    names[key] ??
    key
      .replace('ArrowDown', '↓')
      .replace('ArrowUp', '↑')
      .replace('ArrowLeft', '←')
      .replace('ArrowRight', '→')
      .replace('Shift+', '⇧ ')
  );
}
