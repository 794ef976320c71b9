import { useState } from 'preact/hooks';
import { serviceClass } from '../colours.js';
import type { TraceViewModel } from './use-trace-view.js';

/** More are behind a button: chips must not crowd out the trace. */
const MOST_CHIPS = 8;

/** The trace's services, to switch off and on. */
export function ServiceChips({ trace: { model, view, change } }: { readonly trace: TraceViewModel }) {
  const [isAll, setAll] = useState(false);
  const hidden = new Set(view.hiddenServices);
  const { services } = model;
  if (services.length < 2) return null;
  const set = (names: Iterable<string>): void => change({ hiddenServices: [...names] });
  const toggle = (name: string, event: MouseEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) {
      // Alone, or all again.
      const others = services.map((service) => service.name).filter((other) => other !== name);
      const isAlone = others.every((other) => hidden.has(other)) && !hidden.has(name);
      set(isAlone ? [] : others);
    } else if (hidden.has(name)) set([...hidden].filter((other) => other !== name));
    else set([...hidden, name]);
  };
  const shown = isAll ? services : services.slice(0, MOST_CHIPS);
  return (
    <div class="chips" role="group" aria-label="Services">
      {shown.map(({ name, spans }) => (
        <button
          key={name}
          type="button"
          class={`chip ${serviceClass(name)}`}
          aria-pressed={!hidden.has(name)}
          title={`${name}: ${spans} ${spans === 1 ? 'span' : 'spans'}. Click: off or on. Ctrl-click: this one alone.`}
          onClick={(event) => toggle(name, event)}
        >
          <span>{name}</span> <small>{spans}</small>
        </button>
      ))}
      {services.length > MOST_CHIPS && (
        <button type="button" class="chip more" onClick={() => setAll(!isAll)}>
          {isAll ? 'fewer' : `${services.length - MOST_CHIPS} more`}
        </button>
      )}
      {hidden.size > 0 && (
        <button type="button" class="plain" onClick={() => set([])}>
          All services
        </button>
      )}
    </div>
  );
}
