import { describe, expect, it } from 'vitest';
import { lineGradient, markGradient, placeIn, stretchGradient } from './bar.js';

const window = { from: 1000, to: 2000 };

describe('placeIn', () => {
  it('gives percent of the track', () => {
    expect(placeIn(window, 1100, 1600)).toEqual({ left: 10, width: 50 });
    expect(placeIn(window, 1500, 1500)).toEqual({ left: 50, width: 0 });
  });

  it('lets bars begin before and end after the track, but not far', () => {
    expect(placeIn(window, 900, 2100)).toEqual({ left: -10, width: 120 });
    expect(placeIn(window, 0, 1e12)).toMatchObject({ left: -100, width: 1200 });
    expect(placeIn({ from: 1000, to: 1001 }, 0, 1e12)).toEqual({ left: -1000, width: 2100 });
  });

  it('shows nothing of what is out of sight or has no time', () => {
    expect(placeIn(window, 100, 900)).toBeUndefined();
    expect(placeIn(window, 2100, 2200)).toBeUndefined();
    expect(placeIn(window, NaN, NaN)).toBeUndefined();
  });

  it('has a place for all in a trace that took no time', () => {
    expect(placeIn({ from: 5, to: 5 }, 5, 5)).toEqual({ left: 0, width: 0 });
  });
});

describe('gradients', () => {
  it('draw many stretches, points and lines in one element, and never without end', () => {
    expect(stretchGradient([[10, 20]], 'red')).toBe(
      'linear-gradient(to right, transparent 0, transparent 10.000%, red 10.000%, red 20.000%, transparent 20.000%, transparent 100%)',
    );
    expect(markGradient([50, 25], 'red').indexOf('25.000%')).toBeLessThan(
      markGradient([50, 25], 'red').indexOf('50.000%'),
    );
    expect(lineGradient([0, 50], 'red')).toContain('red calc(50.000% + 1px)');
    const many = Array.from({ length: 10_000 }, (_, i) => i / 100);
    expect(markGradient(many, 'red').length).toBeLessThan(10_000);
  });
});
