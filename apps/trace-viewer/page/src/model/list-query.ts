import { DURATION_PROBLEM, parseDuration } from './duration-text.js';
import { lookbackParameters, RANGE, readLookback } from './lookbacks.js';
import { readRange } from './range.js';

/** The search form of the list, as written. */
export interface ListForm {
  readonly serviceName: string;
  /** Whom a span called: a name that may have recorded nothing itself, such as a database's. */
  readonly remoteServiceName: string;
  readonly spanName: string;
  /** `key` or `key=value`, joined by ` and `. */
  readonly annotationQuery: string;
  /** Anything that occurs in a span. */
  readonly text: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  /** Milliseconds, empty for everything that is stored, {@link RANGE} for what the next two say. */
  readonly lookback: string;
  /** Epoch milliseconds of the beginning and the end of a range; empty for an open side. */
  readonly startTs: string;
  readonly endTs: string;
  readonly onlyErrors: boolean;
  readonly sort: ListSort;
}

/** What stands first: the trace that began last, took longest, or has most spans. */
export type ListSort = 'newest' | 'longest' | 'largest';

export const EMPTY_FORM: ListForm = {
  serviceName: '',
  remoteServiceName: '',
  spanName: '',
  annotationQuery: '',
  text: '',
  minDuration: '',
  maxDuration: '',
  lookback: '',
  startTs: '',
  endTs: '',
  onlyErrors: false,
  sort: 'newest',
};

const TEXT_FIELDS = [
  'serviceName',
  'remoteServiceName',
  'spanName',
  'annotationQuery',
  'text',
  'minDuration',
  'maxDuration',
  'lookback',
  'startTs',
  'endTs',
] as const;

/** Reads the form from a link. */
export function readListForm(search: URLSearchParams): ListForm {
  const form: { -readonly [K in keyof ListForm]: ListForm[K] } = { ...EMPTY_FORM };
  for (const field of TEXT_FIELDS) form[field] = search.get(field) ?? '';
  Object.assign(form, readRange(search));
  form.lookback = form.startTs || form.endTs ? RANGE : readLookback(search);
  // Zipkin's own links have bare microseconds.
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (/^\d+$/.test(form[field])) form[field] = `${form[field]}us`;
  }
  form.onlyErrors = search.get('errors') === 'true';
  const sort = search.get('sort');
  if (sort === 'longest' || sort === 'largest') form.sort = sort;
  return form;
}

/** The search part of a link to the form. */
export function writeListForm(form: ListForm): URLSearchParams {
  const search = new URLSearchParams();
  for (const field of TEXT_FIELDS) if (form[field].trim() !== '') search.set(field, form[field].trim());
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (/^\d+(?:[.,]\d+)?$/.test(search.get(field) ?? '')) search.set(field, `${search.get(field)}ms`);
  }
  // A link either looks back or has a range.
  for (const field of form.lookback === RANGE ? ['lookback'] : ['startTs', 'endTs']) search.delete(field);
  if (form.onlyErrors) search.set('errors', 'true');
  if (form.sort !== 'newest') search.set('sort', form.sort);
  return search;
}

/** Whether the form leaves any trace out. */
export function isFiltered(form: ListForm): boolean {
  return writeListForm({ ...form, sort: 'newest' }).size > 0;
}

/** What is wrong with the form, by field, as a person is told. */
export function formProblems(form: ListForm): Partial<Record<keyof ListForm, string>> {
  const problems: Partial<Record<keyof ListForm, string>> = {};
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (form[field].trim() !== '' && parseDuration(form[field]) === undefined) {
      problems[field] = DURATION_PROBLEM;
    }
  }
  if (form.lookback === RANGE && form.endTs !== '' && Number(form.endTs) < Number(form.startTs)) {
    problems.endTs = 'The end must come after the beginning.';
  }
  return problems;
}

/** The parameters with which the server is asked. */
export function listParameters(
  form: ListForm,
  { nowMs, limit, before }: { readonly nowMs: number; readonly limit: number; readonly before?: string },
): URLSearchParams {
  const search = new URLSearchParams({ limit: String(limit) });
  for (const field of ['serviceName', 'remoteServiceName', 'spanName', 'annotationQuery', 'text'] as const) {
    if (form[field].trim() !== '') search.set(field, form[field].trim());
  }
  for (const field of ['minDuration', 'maxDuration'] as const) {
    const micros = parseDuration(form[field]);
    if (micros !== undefined) search.set(field, String(micros));
  }
  if (form.onlyErrors) search.set('errors', 'true');
  for (const [name, value] of Object.entries(lookbackParameters(form, nowMs) ?? {})) search.set(name, value);
  if (before !== undefined) search.set('before', before);
  return search;
}
