import { describe, expect, it } from 'vitest';
import {
  EMPTY_FORM,
  formProblems,
  isFiltered,
  listParameters,
  readListForm,
  writeListForm,
} from './list-query.js';

const read = (text: string) => readListForm(new URLSearchParams(text));

describe('the search form', () => {
  it('comes back from its link', () => {
    const form = {
      serviceName: 'executor',
      remoteServiceName: 'sqlite',
      spanName: 'count words',
      annotationQuery: 'error and http.route=/tasks',
      text: 'x & y',
      minDuration: '10ms',
      maxDuration: '1.5s',
      lookback: '900000',
      startTs: '',
      endTs: '',
      onlyErrors: true,
      sort: 'longest' as const,
    };
    expect(read(writeListForm(form).toString())).toEqual(form);
    expect(writeListForm(EMPTY_FORM).size).toBe(0);
  });

  it('takes Zipkin’s links, whose durations are microseconds, and writes bare numbers as milliseconds', () => {
    expect(read('serviceName=a&minDuration=2000&lookback=custom')).toEqual({
      ...EMPTY_FORM,
      serviceName: 'a',
      minDuration: '2000us',
    });
    expect(writeListForm({ ...EMPTY_FORM, minDuration: '20' }).get('minDuration')).toBe('20ms');
  });

  it('asks the server in microseconds, for all time unless told otherwise', () => {
    const form = {
      ...EMPTY_FORM,
      serviceName: ' a ',
      remoteServiceName: 'b',
      minDuration: '10ms',
      onlyErrors: true,
    };
    expect(Object.fromEntries(listParameters(form, { nowMs: 1e12, limit: 50, before: '1-2' }))).toEqual({
      limit: '50',
      serviceName: 'a',
      remoteServiceName: 'b',
      minDuration: '10000',
      errors: 'true',
      before: '1-2',
    });
    const recent = listParameters({ ...EMPTY_FORM, lookback: '1000' }, { nowMs: 1e12, limit: 50 });
    expect(Number(recent.get('endTs')) - Number(recent.get('lookback'))).toBe(1e12 - 1000);
  });

  it('has a range instead of a time to look back, with either side open', () => {
    const range = { ...EMPTY_FORM, lookback: 'range', startTs: '1000000', endTs: '5000000' };
    expect(writeListForm(range).toString()).toBe('startTs=1000000&endTs=5000000');
    expect(read('startTs=1000000&endTs=5000000')).toEqual(range);
    // As Zipkin's API has it.
    expect(read('endTs=5000000&lookback=4000000')).toEqual(range);
    expect(writeListForm({ ...range, lookback: '900000' }).toString()).toBe('lookback=900000');
    const asked = (form: typeof range) => {
      const search = listParameters(form, { nowMs: 1e12, limit: 50 });
      const end = Number(search.get('endTs'));
      return [end - Number(search.get('lookback')), end];
    };
    expect(asked(range)).toEqual([1_000_000, 5_000_999]);
    expect(asked({ ...range, startTs: '' })).toEqual([0, 5_000_999]);
    expect(asked({ ...range, endTs: '' })).toEqual([1_000_000, 1e12 + 60_999]);
    expect(formProblems(range)).toEqual({});
    expect(formProblems({ ...range, endTs: '' })).toEqual({});
    expect(formProblems({ ...range, endTs: '999999' })).toEqual({
      endTs: 'The end must come after the beginning.',
    });
  });

  it('leaves traces out by all but its order', () => {
    expect(isFiltered({ ...EMPTY_FORM, sort: 'largest' })).toBe(false);
    expect(isFiltered({ ...EMPTY_FORM, remoteServiceName: 'sqlite' })).toBe(true);
    expect(read('sort=random').sort).toBe('newest');
  });

  it('says what is wrong with a duration', () => {
    expect(formProblems({ ...EMPTY_FORM, minDuration: 'long' })).toEqual({
      minDuration: 'Write a duration such as 250us, 10ms or 1.5s.',
    });
    expect(formProblems(EMPTY_FORM)).toEqual({});
  });
});
