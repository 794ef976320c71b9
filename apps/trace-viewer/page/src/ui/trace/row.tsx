import { formatDuration } from '@distrace/zipkin';
import type { Window } from '../../model/bar.js';
import { NO_SERVICE } from '../../model/row-services.js';
import { failedBelow, rowsBelow } from '../../model/trace-model.js';
import type { Line } from '../../model/visible-rows.js';
import { serviceClass } from '../colours.js';
import { Track } from './track.js';
import type { TraceViewModel } from './use-trace-view.js';

const INDENT = 14;
const NARROW_INDENT = 8;
/** Deeper spans are no further in, else their names would have no room; they say how deep they are. */
const MOST_INDENTS = 18;
const MOST_NARROW_INDENTS = 8;

/** One line of the waterfall. */
export function Row({
  trace,
  line,
  top,
  window,
  isSelected,
  isNarrow,
}: {
  readonly trace: TraceViewModel;
  readonly line: Line;
  readonly top: number;
  readonly window: Window;
  readonly isSelected: boolean;
  readonly isNarrow: boolean;
}) {
  const { model, found } = trace;
  const { row, depth, group } = line;
  const node = model.tree.nodes[row]!;
  const fact = model.facts[row]!;
  const service = fact.serviceName ?? NO_SERVICE;
  const hasBelow = group !== undefined || node.children.length > 0;
  const isOpen = hasBelow && trace.isOpen(line);
  const isOrphan = !group && model.orphans.has(row);
  const isFailed = group ? group.errorCount > 0 : fact.error === 'critical';
  const below = group ? 0 : failedBelow(model, row);
  const rows = group ? group.nodes.map((member) => member.row) : [row];
  const isDim = found !== undefined && rows.every((at) => found.matches[at] === 0);
  const classes = ['row', serviceClass(service)];
  if (isSelected) classes.push('selected');
  if (isFailed) classes.push('failed');
  if (isDim) classes.push('dim');
  if (found && !isDim) classes.push('match');
  if (isOrphan) classes.push('orphan');
  if (group) classes.push('group');
  const most = isNarrow ? MOST_NARROW_INDENTS : MOST_INDENTS;
  const indent = Math.min(depth, most) * (isNarrow ? NARROW_INDENT : INDENT);
  return (
    <div
      class={classes.join(' ')}
      id={isSelected ? 'cursor-row' : undefined}
      role="treeitem"
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={hasBelow ? isOpen : undefined}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => trace.select(trace.keyOf(line), { open: true, scroll: false })}
      onDblClick={() => hasBelow && trace.toggle(line)}
    >
      <div class="row-name">
        <i class="indent" style={{ width: `${indent}px` }} />
        {hasBelow ? (
          <button
            type="button"
            tabIndex={-1}
            class={`twist ${isOpen ? 'open' : ''}`}
            aria-label={isOpen ? 'Collapse' : 'Expand'}
            title={group ? `${group.nodes.length} alike` : `${rowsBelow(model, row)} below`}
            onClick={(event) => {
              event.stopPropagation();
              trace.toggle(line);
            }}
          >
            {isOpen || group ? '' : shortCount(rowsBelow(model, row))}
          </button>
        ) : (
          <i class="leaf" />
        )}
        {depth > most && <small class="depth">{depth}</small>}
        <b class="service-name">{service}</b>
        <span class="name">{fact.name ?? node.span.id}</span>
        {fact.calledName !== undefined && (
          <span class="called" title={`Called ${fact.calledName}, which recorded nothing of it`}>
            → {fact.calledName}
          </span>
        )}
        {group && <span class="badge times">× {group.nodes.length.toLocaleString('en')}</span>}
        {isOrphan && (
          <span class="badge warn" title={`Its parent ${node.span.parentId ?? ''} has not arrived`}>
            parent missing
          </span>
        )}
        {!group && node.halves.some((half) => model.movedMicros.has(half)) && (
          <span class="badge moved" title="Its clock was moved">
            moved
          </span>
        )}
        {fact.error === 'transient' && !group && <span class="badge warn">error noted</span>}
        {below > 0 && (
          <span class={`badge below ${isOpen ? 'quiet' : ''}`} title={`${below} failed below`}>
            {isOpen ? '' : below}
          </span>
        )}
      </div>
      <Track
        trace={trace}
        line={line}
        window={window}
        label={labelOf(line, trace)}
        range={rangeOf(line, trace)}
      />
    </div>
  );
}

/** From when to when all of the line lasts. */
function rangeOf({ row, group }: Line, { model }: TraceViewModel): readonly [start: number, end: number] {
  let start = model.start[row]!;
  let end = model.facts[row]!.open ? model.tree.end : model.end[row]!;
  for (const member of group?.nodes ?? []) {
    start = Math.min(start, model.start[member.row]!);
    end = Math.max(end, model.end[member.row]!);
  }
  return [start, end];
}

function labelOf({ row, group }: Line, { model }: TraceViewModel): string {
  if (group) return `${formatDuration(group.totalMicros)} in all, at most ${formatDuration(group.maxMicros)}`;
  const { halves } = model.tree.nodes[row]!;
  if (model.facts[row]!.open) return 'still open';
  const duration = halves.find((half) => half.duration !== undefined)?.duration;
  if (duration !== undefined) return formatDuration(duration);
  return Number.isNaN(model.start[row]!) ? 'no timing' : '';
}

function shortCount(count: number): string {
  return count < 1000 ? String(count) : `${Math.floor(count / 1000)}k`;
}
