import { assert, double, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampZoom, isWhole, panBy, WHOLE, zoomBy, zoomTo } from './zoom.js';

const share = double({ min: 0, max: 1, noNaN: true });

describe('zoom', () => {
  it('keeps the point around which it zooms where it is', () => {
    expect(zoomBy(WHOLE, 0.5, 0.25)).toEqual({ from: 0.125, to: 0.625 });
    expect(zoomBy({ from: 0.125, to: 0.625 }, 2, 0.25)).toEqual(WHOLE);
  });

  it('moves as far as the trace goes', () => {
    expect(panBy({ from: 0.4, to: 0.6 }, 0.5)).toEqual({ from: 0.5, to: 0.7 });
    expect(panBy({ from: 0.8, to: 1 }, 0.5)).toEqual({ from: 0.8, to: 1 });
  });

  it('shows a span with some room around it, and never beyond the trace', () => {
    expect(zoomTo(0.5, 0.75, 0.1)).toEqual({ from: 0.475, to: 0.775 });
    expect(zoomTo(0, 1)).toEqual(WHOLE);
  });

  it('takes what cannot be for the whole', () => {
    expect(clampZoom({ from: NaN, to: 1 })).toEqual(WHOLE);
    expect(isWhole(clampZoom({ from: -3, to: 9 }))).toBe(true);
    expect(clampZoom({ from: 0.6, to: 0.2 })).toEqual({ from: 0.2, to: 0.6 });
  });

  it('stays inside the trace and keeps a width, whatever is done', () => {
    assert(
      property(share, share, double({ min: 0.01, max: 50, noNaN: true }), share, (a, b, factor, around) => {
        const start = clampZoom({ from: a, to: b });
        for (const zoom of [start, zoomBy(start, factor, around), panBy(start, factor - 1)]) {
          expect(zoom.from).toBeGreaterThanOrEqual(0);
          expect(zoom.to).toBeLessThanOrEqual(1 + 1e-12);
          expect(zoom.to - zoom.from).toBeGreaterThan(0);
        }
      }),
    );
  });
});
