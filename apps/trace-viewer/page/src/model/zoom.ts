/** The part of a trace that is drawn: fractions of its time from 0 to 1. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

/** A stretch of time, epoch microseconds. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** The time that a zoom shows of a trace, in whole microseconds. */
export function rangeOf({ from, to }: Zoom, trace: TimeRange): TimeRange {
  const length = trace.to - trace.from;
  const start = Math.round(trace.from + from * length);
  return { from: start, to: Math.max(Math.round(trace.from + to * length), start + 1) };
}

/** The zoom that shows a time of a trace: the whole when the trace has nothing of it. */
export function zoomOf(time: TimeRange | undefined, trace: TimeRange): Zoom {
  const length = trace.to - trace.from;
  if (!time || length <= 0 || time.from >= trace.to || time.to <= trace.from) return WHOLE;
  return clampZoom({
    from: Math.max((time.from - trace.from) / length, 0),
    to: Math.min((time.to - trace.from) / length, 1),
  });
}

export const WHOLE: Zoom = { from: 0, to: 1 };
/** Closer than a hundred-thousandth nothing is told apart. */
const LEAST_WIDTH = 1e-5;

/** A zoom that is inside the trace and not too narrow; its middle stays where it can. */
export function clampZoom({ from, to }: Zoom): Zoom {
  if (!Number.isFinite(from) || !Number.isFinite(to)) return WHOLE;
  const low = Math.min(from, to);
  const width = Math.min(Math.max(Math.abs(to - from), LEAST_WIDTH), 1);
  const high = Math.max(from, to);
  if (low >= 0 && high <= 1 && high - low >= LEAST_WIDTH) return { from: low, to: high };
  const start = Math.min(Math.max((low + high - width) / 2, 0), 1 - width);
  return { from: start, to: start + width };
}

/** Zooms by `factor` (below 1: closer) so that the point `around`, a fraction of the trace, stays where it is. */
export function zoomBy({ from, to }: Zoom, factor: number, around = (from + to) / 2): Zoom {
  const width = Math.min(Math.max((to - from) * factor, LEAST_WIDTH), 1);
  const share = to > from ? Math.min(Math.max((around - from) / (to - from), 0), 1) : 0.5;
  const start = Math.min(Math.max(around - share * width, 0), 1 - width);
  return { from: start, to: start + width };
}

/** Moves by a part of what is seen, as far as the trace goes. */
export function panBy({ from, to }: Zoom, share: number): Zoom {
  const width = to - from;
  const start = Math.min(Math.max(from + width * share, 0), 1 - width);
  return { from: start, to: start + width };
}

/** A zoom on a stretch of time with some room on both sides. */
export function zoomTo(start: number, end: number, margin = 0.08): Zoom {
  const room = Math.max(end - start, LEAST_WIDTH) * margin;
  return clampZoom({ from: Math.max(start - room, 0), to: Math.min(end + room, 1) });
}

export function isWhole({ from, to }: Zoom): boolean {
  return from <= 0 && to >= 1;
}
