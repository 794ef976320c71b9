import { useMemo, useState } from 'preact/hooks';
import { noticesOf } from '../../model/notices.js';
import type { Notice } from '../../model/notices.js';
import type { TraceModel } from '../../model/trace-model.js';
import { Icon } from '../icon.js';
import type { IconName } from '../icon.js';

/** More would push the trace off the screen. */
const MOST_IDS = 6;

const ICON: Readonly<Record<Notice['kind'], IconName>> = {
  incomplete: 'broken',
  cycle: 'broken',
  open: 'clock',
  cut: 'filter',
  timeless: 'clock',
  moved: 'clock',
  early: 'clock',
};

/** What the reader must know before trusting the picture. */
export function Notices({
  model,
  totalSpans,
  onGo,
}: {
  readonly model: TraceModel;
  readonly totalSpans: number;
  readonly onGo: (spanId: string) => void;
}) {
  const notices = useMemo(() => noticesOf(model, { totalSpans }), [model, totalSpans]);
  return (
    <>
      {notices.map((notice) => (
        <NoticeLine key={notice.kind} notice={notice} onGo={onGo} />
      ))}
    </>
  );
}

function NoticeLine({ notice, onGo }: { readonly notice: Notice; readonly onGo: (spanId: string) => void }) {
  const [at, setAt] = useState(-1);
  const { kind, text, spanIds, missingIds } = notice;
  const next = (): void => {
    const to = (at + 1) % spanIds.length;
    setAt(to);
    onGo(spanIds[to]!);
  };
  return (
    <div class={`notice ${kind}`} role="note">
      <Icon name={ICON[kind]} />
      <span class="said">
        {text}
        {missingIds.length > 0 && (
          <span class="missing">
            {' '}
            Missing:{' '}
            {missingIds.slice(0, MOST_IDS).map((id) => (
              <code key={id}>{id}</code>
            ))}
            {missingIds.length > MOST_IDS && ` and ${missingIds.length - MOST_IDS} more`}
          </span>
        )}
      </span>
      {spanIds.length > 0 && (
        <button type="button" class="plain" onClick={next}>
          {spanIds.length === 1 ? 'Show it' : at < 0 ? 'Show them' : `${at + 1} of ${spanIds.length}`}
        </button>
      )}
    </div>
  );
}
