import type { CriticalSegment, Span } from '@distrace/zipkin';
import { markGradient, placeIn, stretchGradient } from '../../model/bar.js';
import type { Place, Window } from '../../model/bar.js';
import { NO_SERVICE } from '../../model/row-services.js';
import type { Line } from '../../model/visible-rows.js';
import { serviceClass } from '../colours.js';
import type { TraceViewModel } from './use-trace-view.js';

/** A pile of bars says no more with more of them. */
const MOST_MEMBERS = 60;
/** Halves beyond these are in the panel. */
const MOST_HALVES = 4;

/** The time side of a row: bars, marks of annotations, the critical path, the duration. */
export function Track({
  trace: { model, path },
  line,
  window,
  label,
  range: [start, end],
}: {
  readonly trace: TraceViewModel;
  readonly line: Line;
  readonly window: Window;
  readonly label: string;
  /** From when to when all of the line lasts, epoch microseconds. */
  readonly range: readonly [start: number, end: number];
}) {
  const { row, group } = line;
  const time = <Label window={window} start={start} end={end} text={label} />;
  if (group) {
    const onPath = group.nodes.flatMap((node) => path?.get(node.row) ?? []);
    const stretches = group.nodes.flatMap((node) =>
      stretchOf(window, model.start[node.row]!, model.end[node.row]!),
    );
    return (
      <div class={path && onPath.length === 0 ? 'track off-path' : 'track'}>
        <i
          class="members"
          style={{ backgroundImage: stretchGradient(mergeStretches(stretches), 'var(--service)') }}
        />
        <Path window={window} segments={onPath} />
        {time}
      </div>
    );
  }
  const { halves } = model.tree.nodes[row]!;
  const isTwoTone = halves.length > 1;
  const marks = halves
    .flatMap(({ annotations = [] }) => annotations)
    .flatMap(({ timestamp }) => placeIn(window, timestamp, timestamp)?.left ?? []);
  const segments = path?.get(row) ?? [];
  return (
    <div class={path && segments.length === 0 ? 'track off-path' : 'track'}>
      {halves.slice(0, MOST_HALVES).map((half, index) => {
        const isOpen = half.timestamp !== undefined && half.duration === undefined;
        const at = placeOf(window, half, model.tree.end);
        if (!at) return null;
        const tone = isTwoTone ? (index === 0 ? 'sender' : 'receiver') : '';
        return (
          <i
            key={index}
            class={`bar ${tone} ${isOpen ? 'unfinished' : ''} ${isTwoTone ? serviceClass(half.localEndpoint?.serviceName ?? NO_SERVICE) : ''}`}
            style={{ left: `${at.left}%`, width: `${at.width}%` }}
          />
        );
      })}
      {marks.length > 0 && (
        <i class="marks" style={{ backgroundImage: markGradient(marks, 'var(--mark)') }} />
      )}
      <Path window={window} segments={segments} />
      {time}
    </div>
  );
}

function Path({
  window,
  segments,
}: {
  readonly window: Window;
  readonly segments: readonly CriticalSegment[];
}) {
  const stretches = segments.flatMap(({ start, end }) => stretchOf(window, start, end));
  if (stretches.length === 0) return null;
  return (
    <i class="path" style={{ backgroundImage: stretchGradient(mergeStretches(stretches), 'var(--path)') }} />
  );
}

function Label({
  window,
  start,
  end,
  text,
}: {
  readonly window: Window;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}) {
  if (Number.isNaN(start)) return <span class="time">{text}</span>;
  if (end < window.from)
    return (
      <span class="time away" style={{ left: '6px' }}>
        ‹ {text}
      </span>
    );
  const place = placeIn(window, start, end);
  if (!place)
    return (
      <span class="time away" style={{ right: '6px' }}>
        {text} ›
      </span>
    );
  const right = place.left + place.width;
  // After the bar if there is room, else before it, else on it.
  if (right < 84)
    return (
      <span class="time" style={{ left: `calc(${Math.max(right, 0)}% + 6px)` }}>
        {text}
      </span>
    );
  if (place.left > 16)
    return (
      <span class="time" style={{ right: `calc(${100 - place.left}% + 6px)` }}>
        {text}
      </span>
    );
  return (
    <span class="time on" style={{ right: '6px' }}>
      {text}
    </span>
  );
}

function placeOf(window: Window, { timestamp, duration }: Span, traceEnd: number): Place | undefined {
  if (timestamp === undefined) return undefined;
  return placeIn(
    window,
    timestamp,
    duration === undefined ? Math.max(traceEnd, timestamp) : timestamp + duration,
  );
}

function stretchOf(window: Window, start: number, end: number): (readonly [number, number])[] {
  const place = placeIn(window, start, end);
  return place ? [[place.left, Math.max(place.left + place.width, place.left + 0.15)]] : [];
}

/** Stretches that touch become one, so that thousands of members are a few. */
function mergeStretches(stretches: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const merged: [number, number][] = [];
  for (const [start, end] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && (start <= last[1] + 0.1 || merged.length >= MOST_MEMBERS)) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  return merged;
}
