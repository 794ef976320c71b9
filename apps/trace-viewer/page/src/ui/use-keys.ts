import { useLayoutEffect, useRef } from 'preact/hooks';
import { commandOf } from '../model/keys.js';
import type { Command, Scope } from '../model/keys.js';

/** Where keys are text. */
const WRITING =
  'input:not([type=checkbox]):not([type=radio]):not([type=file]), textarea, select, [contenteditable]';
/** What these keys do on what has the focus is the browser's business. */
const PRESSING = 'button, a[href], summary, input, label';

/** Calls `run` for each key that means something here; true says that it was done. */
export function useKeys(scope: Scope, run: (command: Command) => boolean | void): void {
  const latest = useRef(run);
  latest.current = run;
  // Not useEffect, which comes after the paint: a key that is pressed at once would be lost.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const target = event.target instanceof Element ? event.target : undefined;
      if (event.defaultPrevented || event.isComposing) return;
      const isWriting = target?.matches(WRITING) ?? false;
      if (isWriting && event.key !== 'Escape') return;
      if ((event.key === 'Enter' || event.key === ' ') && target?.matches(PRESSING)) return;
      if (document.querySelector('dialog[open]') && event.key !== '?' && event.key !== 'Escape') return;
      const command = commandOf(event, scope);
      if (command !== undefined && latest.current(command) !== false) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [scope]);
}
