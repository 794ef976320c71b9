import { useEffect, useState } from 'preact/hooks';
import { fetchServices, fetchSpanNames } from '../../data/api.js';
import { EMPTY_FORM, formProblems } from '../../model/list-query.js';
import type { ListForm } from '../../model/list-query.js';
import { Icon } from '../icon.js';

const LOOKBACKS: readonly (readonly [string, string])[] = [
  ['', 'Any time'],
  ['300000', 'Last 5 minutes'],
  ['900000', 'Last 15 minutes'],
  ['3600000', 'Last hour'],
  ['21600000', 'Last 6 hours'],
  ['86400000', 'Last day'],
  ['604800000', 'Last week'],
];

/** What to look for. */
export function SearchForm({
  form,
  onSearch,
}: {
  readonly form: ListForm;
  readonly onSearch: (form: ListForm) => void;
}) {
  const [draft, setDraft] = useState(form);
  const [services, setServices] = useState<readonly string[]>([]);
  const [spanNames, setSpanNames] = useState<readonly string[]>([]);
  const [isMore, setMore] = useState(false);
  const problems = formProblems(draft);
  const loadServices = (): void => void fetchServices().then(setServices, () => undefined);
  useEffect(loadServices, []);
  useEffect(() => {
    if (draft.serviceName === '') setSpanNames([]);
    else fetchSpanNames(draft.serviceName).then(setSpanNames, () => setSpanNames([]));
  }, [draft.serviceName]);

  const set = (field: keyof ListForm, value: string | boolean): void =>
    setDraft({ ...draft, [field]: value });
  const choose = (field: keyof ListForm, value: string | boolean): void => {
    const next = { ...draft, [field]: value };
    setDraft(next);
    if (Object.keys(formProblems(next)).length === 0) onSearch(next);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (Object.keys(problems).length === 0) onSearch(draft);
  };
  const field = (
    name: 'spanName' | 'annotationQuery' | 'minDuration' | 'maxDuration',
    label: string,
    hint: string,
    list?: string,
  ) => (
    <label class={`field ${name} ${problems[name] ? 'bad' : ''}`}>
      <span>{label}</span>
      <input
        name={name}
        value={draft[name]}
        placeholder={hint}
        title={problems[name] ?? ''}
        aria-invalid={problems[name] !== undefined}
        list={list}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => set(name, event.currentTarget.value)}
      />
    </label>
  );
  const isEmpty = JSON.stringify(draft) === JSON.stringify(EMPTY_FORM);
  return (
    <form class={`search-form ${isMore ? 'more' : ''}`} role="search" onSubmit={submit}>
      <label class="field text">
        <span>Search</span>
        <input
          name="text"
          type="search"
          value={draft.text}
          placeholder="Anything in a span  ( / )"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => set('text', event.currentTarget.value)}
        />
      </label>
      <label class="field service">
        <span>Service</span>
        <select
          name="serviceName"
          value={draft.serviceName}
          onFocus={loadServices}
          onChange={(event) => choose('serviceName', event.currentTarget.value)}
        >
          <option value="">All</option>
          {[...new Set([...services, draft.serviceName])].filter(Boolean).map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {field('spanName', 'Span name', 'any', 'span-names')}
      {field('annotationQuery', 'Tags', 'error and http.route=/tasks')}
      {field('minDuration', 'At least', '10ms')}
      {field('maxDuration', 'At most', '1.5s')}
      <label class="field lookback">
        <span>When</span>
        <select
          name="lookback"
          value={draft.lookback}
          onChange={(event) => choose('lookback', event.currentTarget.value)}
        >
          {LOOKBACKS.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label class="field check">
        <input
          type="checkbox"
          name="errors"
          checked={draft.onlyErrors}
          onChange={(event) => choose('onlyErrors', event.currentTarget.checked)}
        />
        <span>Errors only</span>
      </label>
      <div class="field buttons">
        <button type="submit" class="primary">
          <Icon name="search" />
          Search
        </button>
        <button type="button" class="plain for-phone" aria-expanded={isMore} onClick={() => setMore(!isMore)}>
          {isMore ? 'Less' : 'More'}
        </button>
        {!isEmpty && (
          <button type="button" class="plain" onClick={() => (setDraft(EMPTY_FORM), onSearch(EMPTY_FORM))}>
            Reset
          </button>
        )}
      </div>
      <datalist id="span-names">
        {spanNames.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </form>
  );
}
