import type { TraceModel } from './trace-model.js';

/** A stroke of the picture of a whole trace, in pixels. */
export interface Stroke {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly row: number;
  readonly isError: boolean;
}

const LEAST_WIDTH = 2;

/** All rows as strokes in a picture of the given size. Where rows are more than pixels, rows that would cover the
 * same pixels are drawn once, errors always and last. */
export function minimapStrokes(model: TraceModel, width: number, height: number): Stroke[] {
  const { tree, start, end, facts } = model;
  const length = tree.end - tree.start || 1;
  const rowHeight = height / Math.max(tree.size, 1);
  const strokeHeight = Math.min(Math.max(rowHeight * 0.7, 1), 4);
  const strokes: Stroke[] = [];
  const errors: Stroke[] = [];
  const drawn = new Set<number>();
  for (let row = 0; row < tree.size; row++) {
    if (Number.isNaN(start[row]!)) continue;
    const until = facts[row]!.open ? tree.end : end[row]!;
    const left = ((start[row]! - tree.start) / length) * width;
    const stroke = {
      x: left,
      y: row * rowHeight,
      width: Math.max(((until - start[row]!) / length) * width, LEAST_WIDTH),
      height: strokeHeight,
      row,
      isError: facts[row]!.error === 'critical',
    };
    if (stroke.isError) {
      errors.push(stroke);
      continue;
    }
    const key = (Math.floor(stroke.y) * 4096 + Math.floor(stroke.x)) * 4096 + Math.floor(stroke.width);
    if (rowHeight < 1 && drawn.has(key)) continue;
    drawn.add(key);
    strokes.push(stroke);
  }
  return [...strokes, ...errors];
}
