import { useMemo, useState } from 'preact/hooks';
import { inTraceText, offsetText } from '../../model/offset-text.js';
import { parseStack, runsOf, runTitle } from '../../model/stack.js';
import type { Frame, FrameRun } from '../../model/stack.js';
import type { SpanStack } from '../../model/stacks-of.js';
import { CopyButton } from '../copy-button.js';

/** A stack: the application's frames stand out, others are folded away. */
export function StackTrace({
  stack,
  spanStart,
  traceStart,
}: {
  readonly stack: SpanStack;
  /** Times are told from here, as those of annotations are. */
  readonly spanStart: number | undefined;
  readonly traceStart: number;
}) {
  const { title, text, timestamp, isError } = stack;
  const { head, frames } = useMemo(() => parseStack(text), [text]);
  const runs = useMemo(() => runsOf(frames), [frames]);
  return (
    <div class={`stack ${isError ? 'of-error' : ''}`}>
      <div class="stack-head">
        <h4>{title}</h4>
        {timestamp !== undefined && (
          <small title={inTraceText(timestamp, traceStart)}>
            {offsetText(timestamp, spanStart ?? traceStart)}
          </small>
        )}
        <span class="space" />
        <CopyButton text={text} title="Copy the stack" />
      </div>
      {head !== '' && <pre class="stack-message">{head}</pre>}
      {runs.length > 0 && (
        <ol class="frames">
          {runs.map((run, index) =>
            run.isApp ? (
              run.frames.map((frame, at) => <FrameLine key={`${index}.${at}`} frame={frame} />)
            ) : (
              <Folded key={index} run={run} />
            ),
          )}
        </ol>
      )}
    </div>
  );
}

function Folded({ run }: { readonly run: FrameRun }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <li class="fold">
        <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {runTitle(run)}
        </button>
      </li>
      {isOpen && run.frames.map((frame, index) => <FrameLine key={index} frame={frame} />)}
    </>
  );
}

function FrameLine({ frame: { text, origin, call, place } }: { readonly frame: Frame }) {
  if (place === undefined) return <li class={`frame ${origin}`}>{text}</li>;
  const slash = Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1;
  return (
    <li class={`frame ${origin}`}>
      <span class="call">{call ?? '(top level)'}</span>{' '}
      <span class="place">
        <span>{place.slice(0, slash)}</span>
        <b>{place.slice(slash)}</b>
      </span>
    </li>
  );
}
