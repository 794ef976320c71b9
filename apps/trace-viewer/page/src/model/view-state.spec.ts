import { describe, expect, it } from 'vitest';
import { PLAIN_VIEW, readViewState, writeViewState } from './view-state.js';
import type { ViewState } from './view-state.js';
import { WHOLE, zoomOf } from './zoom.js';

const TRACE = { from: 1_700_000_000_000_000, to: 1_700_000_000_000_400 };
const read = (text: string, trace = TRACE) => readViewState(new URLSearchParams(text), trace);

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
      time: { from: TRACE.from + 100, to: TRACE.from + 200 },
      skew: true,
      grouped: true,
      criticalPath: true,
    };
    expect(read(writeViewState(view).toString())).toEqual(view);
  });

  it('shows the same time when the trace has grown', () => {
    const { time } = read(`zoom=${TRACE.from + 100}-${TRACE.from + 200}`);
    expect(zoomOf(time, TRACE)).toEqual({ from: 0.25, to: 0.5 });
    expect(zoomOf(time, { ...TRACE, to: TRACE.from + 1000 })).toEqual({ from: 0.1, to: 0.2 });
    expect(zoomOf(time, { from: 0, to: 10 })).toEqual(WHOLE);
  });

  it('reads older links, which have fractions of the trace', () => {
    expect(read('zoom=0.25-0.5').time).toEqual({ from: TRACE.from + 100, to: TRACE.from + 200 });
    expect(read('zoom=0-1').time).toBeUndefined();
  });

  it('never writes a duration that cannot be read', () => {
    expect(writeViewState({ ...PLAIN_VIEW, minDuration: 'abc' }).toString()).toBe('');
    expect(read('min=abc').minDuration).toBe('');
  });

  it('is as if it was not there where it cannot be read', () => {
    expect(read('span=nonsense&zoom=a-b&show=all&clocks=1&path=1')).toEqual(PLAIN_VIEW);
    expect(read('zoom=9-5').time).toBeUndefined();
    expect(read('span=A1').span).toBe('00000000000000a1');
  });
});
