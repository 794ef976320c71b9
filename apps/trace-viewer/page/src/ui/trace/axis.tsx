import { formatDuration } from '@distrace/zipkin';
import type { RefObject } from 'preact';
import { keep, readKept } from '../../data/browser.js';
import { lineGradient } from '../../model/bar.js';
import { roundTicks } from '../../model/ticks.js';
import { isWhole, WHOLE } from '../../model/zoom.js';
import { useLayoutEffect } from 'preact/hooks';
import { Icon } from '../icon.js';
import type { IconName } from '../icon.js';
import type { TraceViewModel } from './use-trace-view.js';

const LEAST_PERCENT = 12;
const MOST_PERCENT = 75;

/** The line above the rows: what to expand, the border between names and bars, and the time. */
export function Axis({
  trace,
  frame,
}: {
  readonly trace: TraceViewModel;
  readonly frame: RefObject<HTMLElement | null>;
}) {
  const { zoom, setZoom, model } = trace;
  const length = model.tree.end - model.tree.start;
  const from = zoom.from * length;
  const to = zoom.to * length;
  const ticks = roundTicks(from, to).filter((tick) => tick < to - (to - from) * 0.02);
  const percentOf = (tick: number): number => ((tick - from) / (to - from)) * 100;
  // The rows' lines are the ticks', whatever the zoom.
  useLayoutEffect(() => {
    frame.current?.style.setProperty('--grid', lineGradient(ticks.map(percentOf), 'var(--line)'));
  });
  return (
    <div class="axis">
      <div class="axis-names">
        {iconButton('expand', 'Expand all', 'e', trace.expandAll)}
        {iconButton('collapse', 'Collapse all', 'c', trace.collapseAll)}
        {iconButton('down', 'Expand one level', '⇧E', trace.expandLevel)}
        {iconButton('up', 'Collapse one level', '⇧C', trace.collapseLevel)}
        <Splitter frame={frame} />
      </div>
      <div class="ticks">
        {ticks.map((tick) => (
          <span key={tick} style={{ left: `${percentOf(tick)}%` }}>
            {tick === 0 ? '0' : formatDuration(tick)}
          </span>
        ))}
        {!isWhole(zoom) && (
          <button type="button" class="whole" title="Show the whole time (0)" onClick={() => setZoom(WHOLE)}>
            Whole trace
          </button>
        )}
      </div>
    </div>
  );
}

function iconButton(icon: IconName, label: string, key: string, run: () => void) {
  return (
    <button type="button" class="plain square" aria-label={label} title={`${label} (${key})`} onClick={run}>
      <Icon name={icon} />
    </button>
  );
}

/** The border between names and bars. */
function Splitter({ frame }: { readonly frame: RefObject<HTMLElement | null> }) {
  const set = (percent: number): void => {
    const value = Math.min(Math.max(percent, LEAST_PERCENT), MOST_PERCENT);
    frame.current?.style.setProperty('--names', `${value}%`);
    keep('names', String(value));
  };
  useLayoutEffect(() => {
    const kept = Number(readKept('names'));
    if (kept > 0) set(kept);
  }, []);
  const drag = (event: PointerEvent): void => {
    const handle = event.currentTarget as HTMLElement;
    if (!handle.hasPointerCapture(event.pointerId) || !frame.current) return;
    const { left, width } = frame.current.getBoundingClientRect();
    set(((event.clientX - left) / width) * 100);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
    event.preventDefault();
    const now = Number.parseFloat(frame.current?.style.getPropertyValue('--names') || '36');
    set(now + (event.key === 'ArrowLeft' ? -2 : 2));
  };
  return (
    <div
      class="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the names"
      tabIndex={0}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onKeyDown={onKey}
    />
  );
}
