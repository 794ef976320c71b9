import { useEffect, useState } from 'preact/hooks';
import type { ListSort } from '../../model/list-query.js';
import { Icon } from '../icon.js';
import type { ListState } from './use-list.js';

const SORTS: readonly (readonly [ListSort, string])[] = [
  ['newest', 'Newest first'],
  ['longest', 'Longest first'],
  ['largest', 'Most spans first'],
];

/** Whether the list is live, how much there is, and how to stop or empty it. */
export function LiveBar({
  list,
  shown,
  sort,
  onSort,
  onClear,
}: {
  readonly list: ListState;
  readonly shown: number;
  readonly sort: ListSort;
  readonly onSort: (sort: ListSort) => void;
  readonly onClear: () => void;
}) {
  const { isConnected, isPaused, missed, stored } = list;
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!isAsking) return undefined;
    const timer = setTimeout(() => setAsking(false), 4000);
    return () => clearTimeout(timer);
  }, [isAsking]);
  const state = isPaused ? 'paused' : isConnected ? 'live' : 'away';
  const saying = { paused: 'Paused', live: 'Live', away: 'Not connected' }[state];
  return (
    <div class="live-bar">
      <span class={`live-state ${state}`} role="status">
        {saying}
      </span>
      <button
        type="button"
        class="plain"
        title="Pause or go on (l)"
        onClick={() => list.setPaused(!isPaused)}
      >
        <Icon name={isPaused ? 'play' : 'pause'} />
        {isPaused ? (missed > 0 ? `Go on: ${missed} changed` : 'Go on') : 'Pause'}
      </button>
      <span class="space" />
      <span class="counts">
        {sort !== 'newest' && list.next !== undefined && 'of the newest '}
        {shown.toLocaleString('en')} {sort !== 'newest' && list.next !== undefined ? '' : 'shown'}
        {stored &&
          ` · ${stored.traces.toLocaleString('en')} traces, ${stored.spans.toLocaleString('en')} spans stored`}
      </span>
      <select
        name="sort"
        aria-label="Order"
        value={sort}
        onChange={(event) => onSort(event.currentTarget.value as ListSort)}
      >
        {SORTS.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      <button
        type="button"
        class={isAsking ? 'danger' : 'plain'}
        onClick={() => {
          if (isAsking) onClear();
          setAsking(!isAsking);
        }}
      >
        <Icon name="trash" />
        {isAsking ? 'Remove all traces?' : 'Clear'}
      </button>
    </div>
  );
}
