import { describe, expect, it } from 'vitest';
import { PLAIN_VIEW, readViewState, writeViewState } from './view-state.js';
import type { ViewState } from './view-state.js';

const read = (text: string) => readViewState(new URLSearchParams(text));

describe('the view in a link', () => {
  it('is empty for the plain view', () => {
    expect(writeViewState(PLAIN_VIEW).toString()).toBe('');
    expect(read('')).toEqual(PLAIN_VIEW);
  });

  it('comes back as it was', () => {
    const view: ViewState = {
      span: '00000000000000a1',
      query: 'a b&c=<d>',
      filter: true,
      hiddenServices: ['x,y', 'z'],
      minDuration: '10ms',
      onlyErrors: true,
      zoom: { from: 0.25, to: 0.5 },
      skew: true,
      grouped: true,
      criticalPath: true,
    };
    expect(read(writeViewState(view).toString())).toEqual(view);
  });

  it('is as if it was not there where it cannot be read', () => {
    expect(read('span=nonsense&zoom=a-b&show=all&clocks=1&path=1')).toEqual(PLAIN_VIEW);
    expect(read('zoom=5-9').zoom).toEqual({ from: 0, to: 1 });
    expect(read('span=A1').span).toBe('00000000000000a1');
  });
});
