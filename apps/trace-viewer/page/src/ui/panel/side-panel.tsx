import { formatDuration } from '@distrace/zipkin';
import type { Span } from '@distrace/zipkin';
import { NO_SERVICE } from '../../model/row-services.js';
import { CopyButton } from '../copy-button.js';
import { serviceClass } from '../colours.js';
import { Icon } from '../icon.js';
import type { TraceViewModel } from '../trace/use-trace-view.js';
import { Half } from './half.js';
import { Ids } from './ids.js';

/** Whoever sends an id twenty thousand times gets the first of them. */
const MOST_HALVES = 50;

/** All that is known of the selected span. */
export function SidePanel({ trace, row }: { readonly trace: TraceViewModel; readonly row: number }) {
  const { model, path } = trace;
  const node = model.tree.nodes[row]!;
  const fact = model.facts[row]!;
  const service = fact.serviceName ?? NO_SERVICE;
  const start = model.start[row]!;
  const own = node.halves.find((half) => half.duration !== undefined)?.duration;
  const onPath = path?.get(row)?.reduce((sum, segment) => sum + segment.end - segment.start, 0);
  const moved = node.halves.map((half) => model.movedMicros.get(half)).find((micros) => micros !== undefined);
  const group = trace.lines[trace.lineOf.get(trace.cursor ?? '') ?? -1]?.group;
  const orphanOf = model.orphans.has(row)
    ? node.halves.find(({ parentId }) => parentId !== undefined)?.parentId
    : undefined;
  return (
    <aside class={`panel ${serviceClass(service)}`} aria-label="Span">
      <header class="panel-head">
        <div class="panel-title">
          <b class="service-name">{service}</b>
          {fact.calledName !== undefined && <span class="called"> → {fact.calledName}</span>}
          <h2 class="name">{fact.name ?? node.span.id}</h2>
        </div>
        <button
          type="button"
          class="plain square"
          aria-label="Close details"
          title="Close (Esc)"
          onClick={() => trace.setPanelOpen(false)}
        >
          <Icon name="close" />
        </button>
        <dl class="panel-numbers">
          <div>
            <dt>Duration</dt>
            <dd>{own === undefined ? (fact.open ? 'still open' : 'none') : formatDuration(own)}</dd>
          </div>
          {!Number.isNaN(start) && (
            <div>
              <dt>Start in the trace</dt>
              <dd>+{formatDuration(start - model.tree.start)}</dd>
            </div>
          )}
          <div>
            <dt>Kind</dt>
            <dd>{kindText(node.halves)}</dd>
          </div>
          {onPath !== undefined && onPath > 0 && (
            <div>
              <dt>On critical path</dt>
              <dd>{formatDuration(onPath)}</dd>
            </div>
          )}
        </dl>
      </header>
      <div class="panel-body">
        {group && (
          <p class="notice open">
            <span class="said">
              The first of {group.nodes.length.toLocaleString('en')} alike:{' '}
              {formatDuration(group.totalMicros)} in all, at most {formatDuration(group.maxMicros)}
              {group.errorCount > 0 && `, ${group.errorCount} failed`}.
            </span>
          </p>
        )}
        {moved !== undefined && (
          <p class="notice moved">
            <Icon name="clock" />
            <span class="said">
              Moved {formatDuration(Math.abs(moved))} {moved > 0 ? 'later' : 'earlier'} to agree with its
              sender’s clock.
            </span>
          </p>
        )}
        {orphanOf !== undefined && (
          <p class="notice incomplete">
            <Icon name="broken" />
            <span class="said">
              Its parent <code>{orphanOf}</code> has not arrived.
            </span>
          </p>
        )}
        {node.halves.slice(0, MOST_HALVES).map((half, index) => (
          <Half key={index} half={half} title={halfTitle(node.halves, index)} traceStart={model.tree.start} />
        ))}
        {node.halves.length > MOST_HALVES && (
          <p class="notice">And {node.halves.length - MOST_HALVES} more halves; Copy JSON has all.</p>
        )}
        <Ids
          span={node.span}
          remote={node.halves.map(({ remoteEndpoint }) => remoteEndpoint).find(Boolean)}
          onGo={goTo(trace, node.span.parentId)}
        />
        <details class="raw">
          <summary>Raw span</summary>
          <pre>
            {JSON.stringify(
              node.halves.length === 1 ? node.span : node.halves.slice(0, MOST_HALVES),
              undefined,
              2,
            )}
          </pre>
          <CopyButton text={() => JSON.stringify(node.halves, undefined, 2)} label="Copy JSON" />
        </details>
      </div>
    </aside>
  );
}

function halfTitle(halves: readonly Span[], index: number): string | undefined {
  if (halves.length === 1) return undefined;
  return index === 0 ? 'Sender' : 'Receiver';
}

function kindText(halves: readonly Span[]): string {
  const kinds = [...new Set(halves.map(({ kind }) => kind ?? 'LOCAL'))];
  return kinds.map((kind) => kind[0] + kind.slice(1).toLowerCase()).join(' + ');
}

function goTo(trace: TraceViewModel, parentId: string | undefined): (() => void) | undefined {
  if (parentId === undefined || !trace.model.rowOfId.has(parentId)) return undefined;
  return () => trace.go(parentId, { open: true });
}
