import { formatDuration } from '@distrace/zipkin';
import type { ListedTrace } from '../../data/api.js';
import { writeRoute } from '../../model/route.js';
import { dateTime, timeAgo } from '../../model/when.js';
import { NO_SERVICE } from '../../model/trace-model.js';
import { serviceClass } from '../colours.js';
import { Icon } from '../icon.js';
import { Link } from '../link.js';

/** More services are counted, not named. */
const MOST_SERVICES = 6;

/** Lines of traces, with bars that compare how long they took. */
export function TraceList({
  traces,
  cursor,
  onCursor,
}: {
  readonly traces: readonly ListedTrace[];
  readonly cursor: string | undefined;
  readonly onCursor: (traceId: string) => void;
}) {
  const longest = Math.max(1, ...traces.map(({ duration = 0 }) => duration));
  return (
    <ol class="traces">
      {traces.map((trace) => (
        <li key={trace.traceId}>
          <TraceLine
            trace={trace}
            longest={longest}
            isSelected={trace.traceId === cursor}
            onCursor={onCursor}
          />
        </li>
      ))}
    </ol>
  );
}

function TraceLine({
  trace,
  longest,
  isSelected,
  onCursor,
}: {
  readonly trace: ListedTrace;
  readonly longest: number;
  readonly isSelected: boolean;
  readonly onCursor: (traceId: string) => void;
}) {
  const {
    traceId,
    rootService = NO_SERVICE,
    rootName,
    services,
    spanCount,
    errorCount,
    duration,
    timestamp,
  } = trace;
  return (
    <Link
      href={writeRoute({ page: 'trace', traceId })}
      class={`trace ${serviceClass(rootService)} ${isSelected ? 'selected' : ''} ${errorCount > 0 ? 'failed' : ''}`}
      data-trace={traceId}
      onFocus={() => onCursor(traceId)}
    >
      <span class="trace-name">
        <b class="service-name">{rootService}</b>
        <span class="name">{rootName ?? '(no name)'}</span>
        {errorCount > 0 && (
          <span class="badge bad">
            {errorCount} {errorCount === 1 ? 'error' : 'errors'}
          </span>
        )}
        {trace.openCount > 0 && <span class="badge open">{trace.openCount} open</span>}
        {trace.incomplete && <span class="badge warn">incomplete</span>}
      </span>
      <span class="trace-bar">
        <i style={{ width: `${((duration ?? 0) / longest) * 100}%` }} />
        <span>{duration === undefined ? 'no timing' : formatDuration(duration)}</span>
      </span>
      <span class="trace-services">
        {services.slice(0, MOST_SERVICES).map(({ name, count }) => (
          <span key={name} class={`chip ${serviceClass(name)}`}>
            <span>{name}</span> <small>{count}</small>
          </span>
        ))}
        {services.length > MOST_SERVICES && (
          <span class="chip">and {services.length - MOST_SERVICES} more</span>
        )}
      </span>
      <span class="trace-facts">
        <span>
          {spanCount.toLocaleString('en')} {spanCount === 1 ? 'span' : 'spans'}
        </span>
        {timestamp !== undefined && (
          <time title={dateTime(timestamp)}>{timeAgo(timestamp / 1000, Date.now())}</time>
        )}
        <code>{traceId.slice(-8)}</code>
      </span>
      <Icon name="right" />
    </Link>
  );
}
