import { useEffect, useRef } from 'preact/hooks';
import { BINDINGS, keyLabel } from '../model/keys.js';
import type { Binding } from '../model/keys.js';
import { Icon } from './icon.js';

const SECTIONS: readonly { readonly title: string; readonly has: (binding: Binding) => boolean }[] = [
  { title: 'Everywhere', has: ({ scopes }) => scopes.includes('anywhere') },
  { title: 'List and trace', has: ({ scopes }) => scopes.length === 2 },
  { title: 'List', has: ({ scopes }) => scopes.length === 1 && scopes[0] === 'list' },
  { title: 'Trace', has: ({ scopes }) => scopes.length === 1 && scopes[0] === 'trace' },
];

/** All keys, over the page. */
export function Help({ onClose }: { readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-label="Keyboard"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      <div class="help-box">
        <h2>Keyboard</h2>
        <button type="button" class="plain square corner" aria-label="Close help" onClick={onClose}>
          <Icon name="close" />
        </button>
        <div class="help-columns">
          {SECTIONS.map(({ title, has }) => (
            <section key={title}>
              <h3>{title}</h3>
              <dl>
                {BINDINGS.filter(has).map(({ command, keys, what }) => (
                  <div key={command}>
                    <dt>
                      {keys.map((key) => (
                        <kbd key={key}>{keyLabel(key)}</kbd>
                      ))}
                    </dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
        </div>
      </div>
    </dialog>
  );
}
