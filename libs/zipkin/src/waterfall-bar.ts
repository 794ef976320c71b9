import { formatDuration } from './duration.js';
import type { Span } from './span.js';

/** The time a trace takes, epoch microseconds. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Column numbers for a grid at round times (1, 2 or 5 times a power of ten), at least 10 columns apart. The
 * first is always 0. */
export function niceTicks({ start, end }: Range, width: number): number[] {
  const step = niceStep(end - start, width);
  const ticks = [0];
  for (let at = step; at < end - start; at += step) ticks.push(Math.round((at / (end - start)) * width));
  return ticks;
}

/** The labels of the grid, each at its column. */
export function drawTicks(
  { start, end }: Range,
  ticks: readonly number[],
  width: number,
  options: { readonly unicode: boolean },
): string {
  const step = niceStep(end - start, width);
  let text = '';
  for (const [index, column] of ticks.entries()) {
    const label = index === 0 ? '0' : formatDuration(index * step, options);
    if (column + label.length <= width) text = text.padEnd(column) + label;
  }
  return text;
}

function niceStep(length: number, width: number): number {
  const least = Math.max((length * 10) / width, 1);
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= least) ?? 10;
  return factor * power;
}

/** Paints for the two things in a bar's cell. */
export interface BarPaint {
  readonly bar: (text: string) => string;
  readonly grid: (text: string) => string;
}

/** One bar on the trace's scale, `width` columns. Its left edge is exact to half a column and its right edge to an
 * eighth; a span too short for any column still shows. An unfinished span runs to the end in a lighter shade. */
export function drawBar(
  span: Span,
  range: Range,
  ticks: readonly number[],
  width: number,
  { unicode }: { readonly unicode: boolean },
  paint: BarPaint,
): string {
  const { timestamp, duration } = span;
  const grid = (from: number, to: number): string => {
    let text = '';
    for (let column = from; column < to; column++)
      text += ticks.includes(column) ? (unicode ? '┊' : '.') : ' ';
    return text.trim() ? paint.grid(text) : text;
  };
  if (timestamp == null) return grid(0, width);
  const scale = width / Math.max(range.end - range.start, 1);
  const from = Math.min((timestamp - range.start) * scale, width - 0.125);
  const to = duration == null ? width : Math.min(from + duration * scale, width);
  const [column, bar] = unicode ? blocks(from, to, duration == null) : hashes(from, to, duration == null);
  return grid(0, column) + paint.bar(bar) + grid(column + bar.length, width);
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

function blocks(from: number, to: number, open: boolean): [column: number, bar: string] {
  let column = Math.floor(from);
  if (open) return [column, '░'.repeat(Math.max(Math.round(to) - column, 1))];
  if (to - from < 1) {
    // All in one column, or a thin line across two: one glyph on the side where most of it is.
    const middle = (from + to) / 2;
    column = Math.floor(middle);
    if (middle - column > 0.6 && to - from <= 0.75) return [column, to - from > 0.3 ? '▐' : '▕'];
    return [column, EIGHTHS[Math.max(1, Math.round((to - from) * 8))]!];
  }
  const head = from - column > 0.75 ? (column++, '') : from - column > 0.25 ? (column++, '▐') : '';
  const full = Math.max(Math.floor(to) - column, 0);
  const tail = EIGHTHS[Math.round((to - Math.floor(to)) * 8)]!;
  return [head ? column - 1 : column, head + '█'.repeat(full) + tail];
}

function hashes(from: number, to: number, open: boolean): [column: number, bar: string] {
  const column = Math.floor(from);
  const length = Math.max(Math.round(to) - column, 1);
  return [column, (open ? '-' : '#').repeat(length)];
}
