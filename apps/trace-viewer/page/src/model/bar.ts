/** Where something lies in a track, in percent of its width; it may begin before or end after it. */
export interface Place {
  readonly left: number;
  readonly width: number;
}

/** The stretch of time that a track shows, epoch microseconds. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Beyond this many percent a browser's numbers lose their exactness; nobody sees what is so far out. */
const FAR = 1000;

/** Where start to end lies; undefined when no part of it is in sight. */
export function placeIn({ from, to }: Window, start: number, end: number): Place | undefined {
  if (Number.isNaN(start) || start > to || end < from) return undefined;
  const scale = 100 / (to - from || 1);
  const left = Math.max((start - from) * scale, -FAR);
  const right = Math.min((end - from) * scale, 100 + FAR);
  return { left, width: Math.max(right - left, 0) };
}

/** One element draws any number of stretches as a gradient with hard edges, which keeps rows small. */
const MAX_STRETCHES = 60;

/** A CSS gradient with `color` at each stretch (start and end in percent, in order), and nothing between. */
export function stretchGradient(stretches: readonly (readonly [number, number])[], color: string): string {
  const stops: string[] = ['transparent 0'];
  for (const [start, end] of stretches.slice(0, MAX_STRETCHES)) {
    const a = `${start.toFixed(3)}%`;
    const b = `${end.toFixed(3)}%`;
    stops.push(`transparent ${a}`, `${color} ${a}`, `${color} ${b}`, `transparent ${b}`);
  }
  return `linear-gradient(to right, ${stops.join(', ')}, transparent 100%)`;
}

/** A CSS gradient with a line of one pixel from each point (in percent, in order) on. */
export function lineGradient(points: readonly number[], color: string): string {
  const stops: string[] = ['transparent 0'];
  for (const point of points.slice(0, MAX_STRETCHES)) {
    const a = `${point.toFixed(3)}%`;
    const b = `calc(${point.toFixed(3)}% + 1px)`;
    stops.push(`transparent ${a}`, `${color} ${a}`, `${color} ${b}`, `transparent ${b}`);
  }
  return `linear-gradient(to right, ${stops.join(', ')}, transparent 100%)`;
}

/** A CSS gradient with a line of two pixels at each point (in percent). */
export function markGradient(points: readonly number[], color: string): string {
  const stops: string[] = ['transparent 0'];
  for (const point of points.slice(0, MAX_STRETCHES).toSorted((a, b) => a - b)) {
    const a = `calc(${point.toFixed(3)}% - 1px)`;
    const b = `calc(${point.toFixed(3)}% + 1px)`;
    stops.push(`transparent ${a}`, `${color} ${a}`, `${color} ${b}`, `transparent ${b}`);
  }
  return `linear-gradient(to right, ${stops.join(', ')}, transparent 100%)`;
}
