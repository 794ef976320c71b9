import { useRef, useState } from 'preact/hooks';
import { findTraceId, writeRoute } from '../model/route.js';
import type { Route } from '../model/route.js';
import { Icon } from './icon.js';
import { lastList } from './last-list.js';
import { Link } from './link.js';
import { navigate } from './location.js';
import type { Theme } from './theme.js';

const THEME_ICON = { system: 'system', dark: 'moon', light: 'sun' } as const;

/** The bar at the top of every page. */
export function Header({
  page,
  theme,
  onTheme,
  onHelp,
  onFiles,
}: {
  readonly page: Route['page'];
  readonly theme: Theme;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
  readonly onFiles: (files: readonly File[]) => void;
}) {
  const file = useRef<HTMLInputElement>(null);
  const [isBad, setBad] = useState(false);
  const [isMore, setMore] = useState(false);
  const goTo = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem('traceId') as HTMLInputElement;
    const traceId = findTraceId(field.value);
    setBad(traceId === undefined);
    if (traceId === undefined) return;
    field.value = '';
    setMore(false);
    navigate(writeRoute({ page: 'trace', traceId }));
  };
  const takeFiles = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    onFiles([...(input.files ?? [])]);
    input.value = '';
  };
  return (
    <header class={`top ${isMore ? 'more' : ''}`}>
      <Link href={writeRoute({ page: 'list' })} class="brand" aria-label="All traces">
        <svg class="logo" viewBox="0 0 16 16" aria-hidden="true">
          <rect x="1" y="2" width="14" height="3" rx="1.5" class="logo-a" />
          <rect x="3.5" y="6.5" width="7" height="3" rx="1.5" class="logo-b" />
          <rect x="6.5" y="11" width="8.5" height="3" rx="1.5" class="logo-c" />
        </svg>
        <span>distrace</span>
      </Link>
      <nav aria-label="Pages">
        <Link
          href={page === 'list' ? writeRoute({ page: 'list' }) : lastList()}
          class={page === 'dependencies' ? '' : 'current'}
        >
          Traces
        </Link>
        <Link href={writeRoute({ page: 'dependencies' })} class={page === 'dependencies' ? 'current' : ''}>
          Dependencies
        </Link>
      </nav>
      <form class={`go-to ${isBad ? 'bad' : ''}`} onSubmit={goTo}>
        <input
          name="traceId"
          placeholder="Go to trace id…"
          aria-label="Go to trace id"
          aria-invalid={isBad}
          title="Paste a trace id, a traceparent or a link to a trace"
          autocomplete="off"
          spellcheck={false}
          onInput={() => setBad(false)}
        />
        {isBad && (
          <small class="field-problem floating" role="alert">
            No trace id: up to 32 hexadecimal digits, a UUID, a traceparent, or a link to a trace.
          </small>
        )}
      </form>
      <input
        ref={file}
        type="file"
        accept=".json,.jsonl,.ndjson,application/json"
        multiple
        class="off-screen"
        tabIndex={-1}
        aria-label="Files of spans"
        onChange={takeFiles}
      />
      <button
        type="button"
        class="plain"
        title="Open a JSON file (or drop it anywhere)"
        aria-label="Open JSON"
        onClick={() => file.current?.click()}
      >
        <Icon name="upload" />
        <span class="wide">Open JSON</span>
      </button>
      <button
        type="button"
        class="plain square for-narrow"
        aria-label="Go to a trace"
        aria-expanded={isMore}
        onClick={() => setMore(!isMore)}
      >
        <Icon name="search" />
      </button>
      <button
        type="button"
        class="plain square"
        title={`Colours: ${theme} (t)`}
        aria-label={`Colours: ${theme}`}
        onClick={onTheme}
      >
        <Icon name={THEME_ICON[theme]} />
      </button>
      <button type="button" class="plain square" title="Keyboard (?)" aria-label="Help" onClick={onHelp}>
        <Icon name="help" />
      </button>
    </header>
  );
}
