import type { RefObject } from 'preact';
import { panBy, WHOLE, zoomBy, zoomTo } from '../../model/zoom.js';
import { lastList } from '../last-list.js';
import { navigate } from '../location.js';
import { useKeys } from '../use-keys.js';
import type { TraceViewModel } from './use-trace-view.js';

/** What keys need from outside the view. */
export interface TraceKeyActions {
  readonly searchField: RefObject<HTMLInputElement | null>;
  download(): void;
  copyLink(): void;
}

const ZOOM_STEP = 0.6;
const PAN_STEP = 0.25;

/** The keys of a trace's page. */
export function useTraceKeys(
  trace: TraceViewModel,
  { searchField, download, copyLink }: TraceKeyActions,
): void {
  const { lines, cursorLine: at, view, change, model, zoom, setZoom } = trace;
  const { tree } = model;
  const line = lines[at];
  const move = (to: number): void => {
    const target = lines[Math.min(Math.max(to, 0), lines.length - 1)];
    if (target) trace.select(trace.keyOf(target));
  };
  /** A point or stretch of the trace as fractions. */
  const share = (micros: number): number => (micros - tree.start) / (tree.end - tree.start || 1);
  const middleOf = (row: number | undefined): number | undefined => {
    if (row === undefined || Number.isNaN(model.start[row]!)) return undefined;
    return share((model.start[row]! + model.end[row]!) / 2);
  };

  useKeys('trace', (command) => {
    switch (command) {
      case 'next':
        return move(at + 1);
      case 'previous':
        return move(at - 1);
      case 'first':
        return move(0);
      case 'last':
        return move(lines.length - 1);
      case 'open':
        return line ? trace.setPanelOpen(true) : false;
      case 'toggle':
        return line ? trace.toggle(line) : false;
      case 'right':
        if (!line) return false;
        if (line.group || tree.nodes[line.row]!.children.length > 0) {
          return trace.isOpen(line) ? move(at + 1) : trace.toggle(line);
        }
        return undefined;
      case 'left': {
        if (!line) return false;
        const hasBelow = line.group !== undefined || tree.nodes[line.row]!.children.length > 0;
        if (hasBelow && trace.isOpen(line)) return trace.toggle(line);
        const above = lines.findLastIndex(({ depth }, i) => i < at && depth < line.depth);
        return above >= 0 ? move(above) : undefined;
      }
      case 'search':
        searchField.current?.focus();
        return searchField.current?.select();
      case 'nextMatch':
        return trace.nextMatch(1);
      case 'previousMatch':
        return trace.nextMatch(-1);
      case 'nextError':
        return trace.nextError(1);
      case 'previousError':
        return trace.nextError(-1);
      case 'filter':
        return change({ filter: !view.filter });
      case 'expandAll':
        return trace.expandAll();
      case 'collapseAll':
        return trace.collapseAll();
      case 'expandLevel':
        return trace.expandLevel();
      case 'collapseLevel':
        return trace.collapseLevel();
      case 'zoomIn':
        return setZoom(zoomBy(zoom, ZOOM_STEP, middleOf(trace.cursorRow)));
      case 'zoomOut':
        return setZoom(zoomBy(zoom, 1 / ZOOM_STEP, middleOf(trace.cursorRow)));
      case 'zoomSpan': {
        const row = trace.cursorRow;
        if (row === undefined || Number.isNaN(model.start[row]!)) return undefined;
        return setZoom(zoomTo(share(model.start[row]!), share(model.end[row]!)));
      }
      case 'zoomReset':
        return setZoom(WHOLE);
      case 'panLeft':
        return setZoom(panBy(zoom, -PAN_STEP));
      case 'panRight':
        return setZoom(panBy(zoom, PAN_STEP));
      case 'skew':
        // Where nothing would move there is nothing to switch.
        return model.movable > 0 || view.skew ? change({ skew: !view.skew }) : undefined;
      case 'group':
        return change({ grouped: !view.grouped });
      case 'criticalPath':
        return change({ criticalPath: !view.criticalPath });
      case 'copyLink':
        return copyLink();
      case 'download':
        return download();
      case 'list':
        return navigate(lastList());
      case 'close':
        return close();
      default:
        return false;
    }
  });

  function close(): void | false {
    const focused = document.activeElement;
    if (document.querySelector('dialog[open]')) return false;
    if (focused === searchField.current) {
      if (view.query !== '') change({ query: '' });
      else searchField.current?.blur();
    } else if (trace.isPanelOpen) trace.setPanelOpen(false);
    else if (view.query !== '') change({ query: '' });
    return undefined;
  }
}
