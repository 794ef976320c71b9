import type { ComponentChildren, RefObject } from 'preact';
import { DURATION_PROBLEM, parseDuration } from '../../model/duration-text.js';
import type { ViewState } from '../../model/view-state.js';
import { Icon } from '../icon.js';
import { ServiceChips } from './service-chips.js';
import type { TraceViewModel } from './use-trace-view.js';

/** Search, filters and ways to look at the trace. */
export function Toolbar({
  trace,
  searchField,
}: {
  readonly trace: TraceViewModel;
  readonly searchField: RefObject<HTMLInputElement | null>;
}) {
  const { view, change, found, model } = trace;
  const errors = model.failedBefore[model.tree.size] ?? 0;
  const badMinimum = view.minDuration.trim() !== '' && parseDuration(view.minDuration) === undefined;
  const onSearchKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    trace.nextMatch(event.shiftKey ? -1 : 1);
  };
  return (
    <div class="toolbar">
      <div class="search-box">
        <Icon name="search" />
        <input
          ref={searchField}
          type="search"
          name="q"
          value={view.query}
          placeholder="Search in this trace  ( / )"
          aria-label="Search in this trace"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => change({ query: event.currentTarget.value })}
          onKeyDown={onSearchKey}
        />
        {found && (
          <span class={`match-count ${found.count === 0 ? 'none' : ''}`} role="status">
            {trace.matchNumber !== undefined && `${trace.matchNumber.toLocaleString('en')} / `}
            {found.count.toLocaleString('en')} {found.count === 1 ? 'match' : 'matches'}
          </span>
        )}
        {found && found.count > 0 && (
          <span class="steps">
            <button
              type="button"
              class="plain square"
              aria-label="Previous match"
              title="Previous match (,)"
              onClick={() => trace.nextMatch(-1)}
            >
              <Icon name="up" />
            </button>
            <button
              type="button"
              class="plain square"
              aria-label="Next match"
              title="Next match (.)"
              onClick={() => trace.nextMatch(1)}
            >
              <Icon name="down" />
            </button>
          </span>
        )}
      </div>
      <div class="switch" role="group" aria-label="What does not match">
        <button
          type="button"
          aria-pressed={!view.filter}
          title="Dim what does not match (h)"
          onClick={() => change({ filter: false })}
        >
          Highlight
        </button>
        <button
          type="button"
          aria-pressed={view.filter}
          title="Hide what does not match (h)"
          onClick={() => change({ filter: true })}
        >
          Filter
        </button>
      </div>
      <label class={`minimum ${badMinimum ? 'bad' : ''}`} title="Spans that took at least this long">
        <span>≥</span>
        <input
          name="min"
          value={view.minDuration}
          placeholder="10ms"
          aria-label="Shortest duration"
          aria-invalid={badMinimum}
          autocomplete="off"
          onInput={(event) => change({ minDuration: event.currentTarget.value })}
        />
        {badMinimum && (
          <small class="field-problem floating" role="alert">
            {DURATION_PROBLEM}
          </small>
        )}
      </label>
      {(errors > 0 || view.onlyErrors) && (
        <div class="error-steps">
          <Toggle name="onlyErrors" trace={trace} title="Only spans that failed">
            {errors} {errors === 1 ? 'error' : 'errors'}
          </Toggle>
          <button
            type="button"
            class="plain square"
            aria-label="Previous error"
            title="Previous error (p)"
            onClick={() => trace.nextError(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            class="plain square"
            aria-label="Next error"
            title="Next error (n)"
            onClick={() => trace.nextError(1)}
          >
            <Icon name="down" />
          </button>
        </div>
      )}
      <span class="space" />
      <div class="toggles">
        <Toggle name="grouped" trace={trace} title="Show repeated siblings as one line (g)">
          Group
        </Toggle>
        <Toggle
          name="criticalPath"
          trace={trace}
          title="Show what the trace could not have been faster without (x)"
        >
          Critical path
        </Toggle>
        {(model.movable > 0 || view.skew) && (
          <Toggle
            name="skew"
            trace={trace}
            title="Move receivers that seem to start before their senders (s)"
          >
            Adjust clocks ({model.movable})
          </Toggle>
        )}
      </div>
      <ServiceChips trace={trace} />
    </div>
  );
}

function Toggle({
  name,
  trace: { view, change },
  title,
  children,
}: {
  readonly name: keyof ViewState & ('grouped' | 'criticalPath' | 'skew' | 'onlyErrors');
  readonly trace: TraceViewModel;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      class={`toggle ${name}`}
      aria-pressed={view[name]}
      title={title}
      onClick={() => change({ [name]: !view[name] })}
    >
      {children}
    </button>
  );
}
