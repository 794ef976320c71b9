import { parseDuration } from './duration-text.js';

/** The search form of the list, as written. */
export interface ListForm {
  readonly serviceName: string;
  readonly spanName: string;
  /** `key` or `key=value`, joined by ` and `. */
  readonly annotationQuery: string;
  /** Anything that occurs in a span. */
  readonly text: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  /** Milliseconds, 0 for everything that is stored. */
  readonly lookback: string;
  readonly onlyErrors: boolean;
}

export const EMPTY_FORM: ListForm = {
  serviceName: '',
  spanName: '',
  annotationQuery: '',
  text: '',
  minDuration: '',
  maxDuration: '',
  lookback: '',
  onlyErrors: false,
};

const TEXT_FIELDS = [
  'serviceName',
  'spanName',
  'annotationQuery',
  'text',
  'minDuration',
  'maxDuration',
  'lookback',
] as const;

/** Reads the form from a link. */
export function readListForm(search: URLSearchParams): ListForm {
  const form: { -readonly [K in keyof ListForm]: ListForm[K] } = { ...EMPTY_FORM };
  for (const field of TEXT_FIELDS) form[field] = search.get(field) ?? '';
  if (!/^\d{1,15}$/.test(form.lookback)) form.lookback = '';
  // Zipkin's own links have bare microseconds.
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (/^\d+$/.test(form[field])) form[field] = `${form[field]}us`;
  }
  form.onlyErrors = search.get('errors') === 'true';
  return form;
}

/** The search part of a link to the form. */
export function writeListForm(form: ListForm): URLSearchParams {
  const search = new URLSearchParams();
  for (const field of TEXT_FIELDS) if (form[field].trim() !== '') search.set(field, form[field].trim());
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (/^\d+(?:[.,]\d+)?$/.test(search.get(field) ?? '')) search.set(field, `${search.get(field)}ms`);
  }
  if (form.onlyErrors) search.set('errors', 'true');
  return search;
}

/** What is wrong with the form, by field, as a person is told. */
export function formProblems(form: ListForm): Partial<Record<keyof ListForm, string>> {
  const problems: Partial<Record<keyof ListForm, string>> = {};
  for (const field of ['minDuration', 'maxDuration'] as const) {
    if (form[field].trim() !== '' && parseDuration(form[field]) === undefined) {
      problems[field] = 'Write a duration such as 250us, 10ms or 1.5s.';
    }
  }
  return problems;
}

/** The parameters with which the server is asked. */
export function listParameters(
  form: ListForm,
  { nowMs, limit, before }: { readonly nowMs: number; readonly limit: number; readonly before?: string },
): URLSearchParams {
  const search = new URLSearchParams({ limit: String(limit) });
  for (const field of ['serviceName', 'spanName', 'annotationQuery', 'text'] as const) {
    if (form[field].trim() !== '') search.set(field, form[field].trim());
  }
  for (const field of ['minDuration', 'maxDuration'] as const) {
    const micros = parseDuration(form[field]);
    if (micros !== undefined) search.set(field, String(micros));
  }
  if (form.onlyErrors) search.set('errors', 'true');
  if (Number(form.lookback) > 0) {
    // Clocks of other hosts may be a little ahead.
    search.set('endTs', String(nowMs + 60_000));
    search.set('lookback', String(Number(form.lookback) + 60_000));
  }
  if (before !== undefined) search.set('before', before);
  return search;
}
