import { formatDuration } from '@distrace/zipkin';
import { useState } from 'preact/hooks';
import type { ListedTrace } from '../../data/api.js';
import { writeRoute } from '../../model/route.js';
import { clockTime, dateTime, timeAgo } from '../../model/when.js';
import { NO_SERVICE } from '../../model/row-services.js';
import { serviceClass } from '../colours.js';
import { Icon } from '../icon.js';
import { Link } from '../link.js';

/** A file may hold more traces than a browser can lay out. */
const LINES_AT_ONCE = 500;
/** More services are counted, not named. */
const MOST_SERVICES = 6;

/** The address of a listed trace, which also tells it from the same trace of a file. */
export function addressOf({ traceId, fileName }: ListedTrace): string {
  return writeRoute({ page: 'trace', traceId, ...(fileName !== undefined && { file: fileName }) });
}

/** Lines of traces, with bars that compare how long they took. */
export function TraceList({
  traces,
  cursor,
  onCursor,
}: {
  readonly traces: readonly ListedTrace[];
  readonly cursor: string | undefined;
  readonly onCursor: (address: string) => void;
}) {
  const [most, setMost] = useState(LINES_AT_ONCE);
  const longest = traces.reduce((known, { duration = 0 }) => Math.max(known, duration), 1);
  const rest = traces.length - most;
  return (
    <ol class="traces">
      {traces.slice(0, most).map((trace) => (
        <li key={addressOf(trace)}>
          <TraceLine
            trace={trace}
            longest={longest}
            isSelected={addressOf(trace) === cursor}
            onCursor={onCursor}
          />
        </li>
      ))}
      {rest > 0 && (
        <li>
          <button type="button" class="plain" onClick={() => setMost(most + LINES_AT_ONCE)}>
            {rest} more
          </button>
        </li>
      )}
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
  readonly onCursor: (address: string) => void;
}) {
  const address = addressOf(trace);
  const {
    traceId,
    rootService = NO_SERVICE,
    rootName,
    services,
    spanCount,
    errorCount,
    duration,
    timestamp,
    fileName,
  } = trace;
  return (
    <Link
      href={address}
      class={`trace ${serviceClass(rootService)} ${isSelected ? 'selected' : ''} ${errorCount > 0 ? 'failed' : ''}`}
      data-trace={traceId}
      onFocus={() => onCursor(address)}
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
        {fileName !== undefined && <span class="badge">{fileName}</span>}
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
          <span class="chip more">and {services.length - MOST_SERVICES} more</span>
        )}
      </span>
      <span class="trace-facts">
        <span>
          {spanCount.toLocaleString('en')} {spanCount === 1 ? 'span' : 'spans'}
        </span>
        {timestamp !== undefined && (
          <time title={dateTime(timestamp)}>
            <span>{clockTime(timestamp, Date.now())}</span>
            <small>{timeAgo(timestamp / 1000, Date.now())}</small>
          </time>
        )}
        <code>{traceId.slice(-8)}</code>
      </span>
      <Icon name="right" />
    </Link>
  );
}
