import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../icon.js';
import type { ListState } from './use-list.js';

/** Whether the list is live, how much there is, and how to stop or empty it. */
export function LiveBar({
  list,
  shown,
  onClear,
}: {
  readonly list: ListState;
  readonly shown: number;
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
        {shown.toLocaleString('en')} shown
        {stored &&
          ` · ${stored.traces.toLocaleString('en')} traces, ${stored.spans.toLocaleString('en')} spans stored`}
      </span>
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
