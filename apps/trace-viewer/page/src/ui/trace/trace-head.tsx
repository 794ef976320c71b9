import { formatDuration } from '@distrace/zipkin';
import { useState } from 'preact/hooks';
import type { TraceTotals } from '../../data/load-trace.js';
import { NO_SERVICE } from '../../model/row-services.js';
import type { PageFacts } from '../../model/row-services.js';
import type { TraceModel } from '../../model/trace-model.js';
import { dateTime } from '../../model/when.js';
import { serviceClass } from '../colours.js';
import { CopyButton } from '../copy-button.js';
import { Icon } from '../icon.js';
import { lastList } from '../last-list.js';
import { Link } from '../link.js';

/** What trace this is. */
export function TraceHead({
  traceId,
  title,
  model,
  totals,
  isArriving,
  fileName,
  onDownload,
  onPerfetto,
}: {
  readonly traceId: string;
  readonly title: Partial<PageFacts>;
  readonly model: TraceModel;
  readonly totals: TraceTotals;
  readonly isArriving: boolean;
  readonly fileName: string | undefined;
  readonly onDownload: () => void;
  readonly onPerfetto: () => void;
}) {
  const { tree, openCount } = model;
  const [isMore, setMore] = useState(false);
  const service = title.serviceName ?? NO_SERVICE;
  const hasTime = tree.end > 0;
  return (
    <div class={`trace-head ${isMore ? 'more' : ''}`}>
      <Link
        href={lastList()}
        class="button plain square"
        title="Back to the list (u)"
        aria-label="Back to the list"
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
          <dd>{totals.spans.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd>{totals.services}</dd>
        </div>
        {hasTime && (
          <div class="start">
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
      <button
        type="button"
        class="plain square for-phone"
        aria-label="More"
        aria-expanded={isMore}
        onClick={() => setMore(!isMore)}
      >
        <Icon name="more" />
      </button>
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
