import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useVirtual } from '../use-virtual.js';
import { Row } from './row.js';
import type { TraceViewModel } from './use-trace-view.js';

const ROW_HEIGHT = 28;
/** On a narrow screen the bar stands below the name. */
const TALL_ROW_HEIGHT = 46;
const NARROW = '(max-width: 640px)';

/** The waterfall: only the rows in sight are there. */
export function Rows({ trace }: { readonly trace: TraceViewModel }) {
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMedia(NARROW);
  const rowHeight = isNarrow ? TALL_ROW_HEIGHT : ROW_HEIGHT;
  const { lines, lineOf, scrollTo, cursorLine, model, zoom } = trace;
  const rows = useVirtual({ count: lines.length, rowHeight, scroller });
  // What stands above the rows is as wide as they are, whatever a scroll bar takes.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => {
      element.parentElement?.style.setProperty(
        '--scrollbar',
        `${element.offsetWidth - element.clientWidth}px`,
      );
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const done = useRef<unknown>(undefined);
  useLayoutEffect(() => {
    if (!scrollTo || done.current === scrollTo) return;
    const at = lineOf.get(scrollTo.key);
    if (at === undefined) return;
    done.current = scrollTo;
    rows.scrollTo(at, scrollTo.align);
  }, [scrollTo, lineOf]);
  const window = {
    from: model.tree.start + (model.tree.end - model.tree.start) * zoom.from,
    to: model.tree.start + (model.tree.end - model.tree.start) * zoom.to,
  };
  return (
    <div
      class="rows"
      ref={scroller}
      role="tree"
      aria-label="Spans"
      aria-activedescendant={cursorLine === -1 ? undefined : 'cursor-row'}
      tabIndex={0}
    >
      <div class="rows-all" role="presentation" style={{ height: `${lines.length * rowHeight}px` }}>
        {lines.slice(rows.from, rows.to).map((line, at) => {
          const index = rows.from + at;
          const key = trace.keyOf(line);
          return (
            <Row
              key={key}
              trace={trace}
              line={line}
              top={index * rowHeight}
              window={window}
              isSelected={index === cursorLine}
              isNarrow={isNarrow}
            />
          );
        })}
      </div>
      {lines.length === 0 && <p class="no-lines">No span fits.</p>}
    </div>
  );
}

function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useLayoutEffect(() => {
    const media = matchMedia(query);
    const update = (): void => setMatches(media.matches);
    media.addEventListener('change', update);
    return () => media.removeEventListener('change', update);
  }, [query]);
  return matches;
}
