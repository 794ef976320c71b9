import { useEffect, useState } from 'preact/hooks';
import { fetchRemoteServices, fetchServices, fetchSpanNames } from '../../data/api.js';
import { EMPTY_FORM, formProblems } from '../../model/list-query.js';
import type { ListForm } from '../../model/list-query.js';
import { LOOKBACKS, RANGE } from '../../model/lookbacks.js';
import { fromDateField, toDateField } from '../../model/range.js';
import { Icon } from '../icon.js';

const HIDDEN_ON_PHONES = [
  'spanName',
  'remoteServiceName',
  'annotationQuery',
  'minDuration',
  'maxDuration',
] as const;

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
  const [remoteNames, setRemoteNames] = useState<readonly string[]>([]);
  // A link may have filled in what a phone hides.
  const [isMore, setMore] = useState(() => HIDDEN_ON_PHONES.some((name) => form[name] !== ''));
  const problems = formProblems(draft);
  const loadServices = (): void => void fetchServices().then(setServices, () => undefined);
  useEffect(loadServices, []);
  useEffect(() => {
    setSpanNames([]);
    setRemoteNames([]);
    if (draft.serviceName === '') return undefined;
    const asked = new AbortController();
    const { signal } = asked;
    // Without names to choose from the fields still take what is typed.
    fetchSpanNames(draft.serviceName, signal).then(setSpanNames, () => undefined);
    fetchRemoteServices(draft.serviceName, signal).then(setRemoteNames, () => undefined);
    return () => asked.abort();
  }, [draft.serviceName]);

  const set = (field: keyof ListForm, value: string | boolean): void =>
    setDraft({ ...draft, [field]: value });
  const choose = (field: keyof ListForm, value: string | boolean): void => chooseAll({ [field]: value });
  // A range begins as the last hour, to be changed.
  const chooseWhen = (lookback: string): void =>
    chooseAll({
      lookback,
      startTs: lookback === RANGE ? String(Math.floor(Date.now() / 1000) * 1000 - 3_600_000) : '',
      endTs: '',
    });
  const chooseAll = (fields: Partial<ListForm>): void => {
    const next = { ...draft, ...fields };
    setDraft(next);
    if (Object.keys(formProblems(next)).length === 0) onSearch(next);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (Object.keys(problems).length === 0) onSearch(draft);
  };
  const problemOf = (name: keyof ListForm) =>
    problems[name] && (
      <small class="field-problem floating" role="alert">
        {problems[name]}
      </small>
    );
  const field = (
    name: 'spanName' | 'remoteServiceName' | 'annotationQuery' | 'minDuration' | 'maxDuration',
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
        aria-invalid={problems[name] !== undefined}
        list={list}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => set(name, event.currentTarget.value)}
      />
      {problemOf(name)}
    </label>
  );
  const moment = (name: 'startTs' | 'endTs', label: string) => (
    <label class={`field moment ${problems[name] ? 'bad' : ''}`}>
      <span>{label}</span>
      <input
        name={name}
        type="datetime-local"
        step="1"
        value={toDateField(draft[name])}
        aria-invalid={problems[name] !== undefined}
        onChange={(event) => choose(name, fromDateField(event.currentTarget.value))}
      />
      {problemOf(name)}
    </label>
  );
  const empty = { ...EMPTY_FORM, sort: form.sort };
  const isEmpty = JSON.stringify(draft) === JSON.stringify(empty);
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
      {field('remoteServiceName', 'Remote service', 'any', 'remote-names')}
      {field('annotationQuery', 'Tags', 'error and http.route=/tasks')}
      {field('minDuration', 'At least', '10ms')}
      {field('maxDuration', 'At most', '1.5s')}
      <label class="field lookback">
        <span>When</span>
        <select
          name="lookback"
          value={draft.lookback}
          onChange={(event) => chooseWhen(event.currentTarget.value)}
        >
          {[...LOOKBACKS, [RANGE, 'From … to …'] as const].map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      </label>
      {draft.lookback === RANGE && [moment('startTs', 'From'), moment('endTs', 'To')]}
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
          <button type="button" class="plain" onClick={() => (setDraft(empty), onSearch(empty))}>
            Reset
          </button>
        )}
      </div>
      {datalist('span-names', spanNames)}
      {datalist('remote-names', remoteNames)}
    </form>
  );
}

/** Nobody looks through more; what is typed need not be one of them. */
const MOST_NAMES = 1000;

function datalist(id: string, names: readonly string[]) {
  return (
    <datalist id={id}>
      {names.slice(0, MOST_NAMES).map((name) => (
        <option key={name} value={name} />
      ))}
    </datalist>
  );
}
