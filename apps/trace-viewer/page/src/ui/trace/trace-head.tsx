import { formatDuration } from '@distrace/zipkin';
import type { RowFacts } from '@distrace/zipkin';
import { writeRoute } from '../../model/route.js';
import { NO_SERVICE } from '../../model/trace-model.js';
import type { TraceModel } from '../../model/trace-model.js';
import { dateTime } from '../../model/when.js';
import { serviceClass } from '../colours.js';
import { CopyButton } from '../copy-button.js';
import { Icon } from '../icon.js';
import { Link } from '../link.js';

/** What trace this is. */
export function TraceHead({
  traceId,
  title,
  model,
  isArriving,
  fileName,
  onDownload,
  onPerfetto,
}: {
  readonly traceId: string;
  readonly title: Partial<RowFacts>;
  readonly model: TraceModel;
  readonly isArriving: boolean;
  readonly fileName: string | undefined;
  readonly onDownload: () => void;
  readonly onPerfetto: () => void;
}) {
  const { tree, services, openCount } = model;
  const service = title.serviceName ?? NO_SERVICE;
  const hasTime = tree.end > 0;
  return (
    <div class="trace-head">
      <Link
        href={writeRoute({ page: 'list' })}
        class="button plain square"
        title="All traces (u)"
        aria-label="All traces"
      >
        <Icon name="back" />
      </Link>
      <h1 class={serviceClass(service)}>
        <b class="service-name">{service}</b> <span class="name">{title.name ?? '(no name)'}</span>
      </h1>
      <dl class="trace-numbers">
        <div>
          <dt>Duration</dt>
          <dd>{hasTime ? formatDuration(tree.end - tree.start) : 'no timing'}</dd>
        </div>
        <div>
          <dt>Spans</dt>
          <dd>{tree.size.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd>{services.length}</dd>
        </div>
        {hasTime && (
          <div class="wide">
            <dt>Start</dt>
            <dd>{dateTime(tree.start)}</dd>
          </div>
        )}
        <div>
          <dt>Trace id</dt>
          <dd class="trace-id">
            <code title={traceId}>{traceId}</code>
            <CopyButton text={traceId} title="Copy the trace id" />
          </dd>
        </div>
      </dl>
      {fileName !== undefined && <span class="badge">from {fileName}</span>}
      {(isArriving || openCount > 0) && fileName === undefined && (
        <span class={`live-state ${isArriving ? 'live' : 'waiting'}`} role="status">
          {isArriving ? 'Spans arriving' : 'Still open'}
        </span>
      )}
      <span class="space" />
      <span class="head-buttons">
        <CopyButton text={() => location.href} label="Link" title="Copy a link to this view (y)" />
        <button type="button" class="plain" title="Download as Zipkin v2 JSON (d)" onClick={onDownload}>
          <Icon name="download" />
          <span>JSON</span>
        </button>
        <button
          type="button"
          class="plain"
          title="Download for ui.perfetto.dev or chrome://tracing"
          onClick={onPerfetto}
        >
          <Icon name="download" />
          <span>Perfetto</span>
        </button>
      </span>
    </div>
  );
}
