import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';

/** Options of {@link useVirtual}. */
export interface VirtualOptions {
  readonly count: number;
  /** Height of every row, pixels. */
  readonly rowHeight: number;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** The rows to draw, of a list that may be long. */
export interface VirtualRows {
  readonly from: number;
  /** The row after the last. */
  readonly to: number;
  scrollTo(row: number, align: 'auto' | 'center'): void;
}

type Rows = Virtualizer<HTMLElement, HTMLElement>;

/** Only the rows in sight, and a few around them. */
export function useVirtual({ count, rowHeight, scroller }: VirtualOptions): VirtualRows {
  const [, redraw] = useReducer((times: number) => times + 1, 0);
  const holder = useRef<Rows>(undefined as unknown as Rows);
  const options = {
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => scroller.current,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: 4,
    initialRect: { width: 0, height: 600 },
    onChange: () => redraw(0),
  };
  holder.current ??= new Virtualizer<HTMLElement, HTMLElement>(options);
  const rows = holder.current;
  const known = useRef(rowHeight);
  rows.setOptions(options);
  if (known.current !== rowHeight) {
    known.current = rowHeight;
    rows.measure();
  }
  // The two calls that every adapter of the library makes, underscore and all.
  // oxlint-disable-next-line no-underscore-dangle
  useEffect(() => rows._didMount(), [rows]);
  // oxlint-disable-next-line no-underscore-dangle
  useLayoutEffect(() => rows._willUpdate());
  const items = rows.getVirtualItems();
  return {
    from: items[0]?.index ?? 0,
    to: (items.at(-1)?.index ?? -1) + 1,
    scrollTo: (row, align) => rows.scrollToIndex(row, { align }),
  };
}
