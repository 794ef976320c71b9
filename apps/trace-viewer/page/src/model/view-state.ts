import { parseDuration } from './duration-text.js';
import { clampZoom, isWhole, rangeOf } from './zoom.js';
import type { TimeRange } from './zoom.js';

/** What a link to a trace carries besides the trace. */
export interface ViewState {
  /** Id of the selected span. */
  readonly span?: string;
  readonly query: string;
  /** Whether what does not match is hidden (true) or dimmed. */
  readonly filter: boolean;
  readonly hiddenServices: readonly string[];
  /** As written, such as `10ms`. */
  readonly minDuration: string;
  readonly onlyErrors: boolean;
  /** The time that is shown, when it is not the whole: it stays where it is while the trace grows. */
  readonly time: TimeRange | undefined;
  readonly skew: boolean;
  readonly grouped: boolean;
  readonly criticalPath: boolean;
}

export const PLAIN_VIEW: ViewState = {
  query: '',
  filter: false,
  hiddenServices: [],
  minDuration: '',
  onlyErrors: false,
  time: undefined,
  skew: false,
  grouped: false,
  criticalPath: false,
};

/** Reads the view from a link. What cannot be read is as if it was not there. `trace` is the time of the trace. */
export function readViewState(search: URLSearchParams, trace: TimeRange): ViewState {
  const span = search.get('span')?.toLowerCase();
  const time = readTime(search.get('zoom'), trace);
  const minDuration = search.get('min') ?? '';
  return {
    ...(span !== undefined && /^[0-9a-f]{1,16}$/.test(span) && { span: span.padStart(16, '0') }),
    query: search.get('q') ?? '',
    filter: search.get('show') === 'matches',
    hiddenServices: search.getAll('hide'),
    minDuration: parseDuration(minDuration) === undefined ? '' : minDuration,
    onlyErrors: search.get('errors') === 'true',
    time,
    skew: search.get('clocks') === 'agree',
    grouped: search.get('group') === 'true',
    criticalPath: search.get('path') === 'true',
  };
}

/** The search part of a link to the view: only what differs from the plain one. */
export function writeViewState(view: ViewState): URLSearchParams {
  const search = new URLSearchParams();
  if (view.span !== undefined) search.set('span', view.span);
  if (view.query !== '') search.set('q', view.query);
  if (view.filter) search.set('show', 'matches');
  for (const service of view.hiddenServices) search.append('hide', service);
  if (parseDuration(view.minDuration) !== undefined) search.set('min', view.minDuration);
  if (view.onlyErrors) search.set('errors', 'true');
  if (view.time) search.set('zoom', `${view.time.from}-${view.time.to}`);
  if (view.skew) search.set('clocks', 'agree');
  if (view.grouped) search.set('group', 'true');
  if (view.criticalPath) search.set('path', 'true');
  return search;
}

/** Epoch microseconds; older links have fractions of the trace, which are no more than 1. */
function readTime(text: string | null, trace: TimeRange): TimeRange | undefined {
  const match = /^([\d.]{1,18})-([\d.]{1,18})$/.exec(text ?? '');
  if (!match) return undefined;
  const [from, to] = [Number(match[1]), Number(match[2])];
  if (!(from < to)) return undefined;
  if (to > 1) return { from, to };
  const zoom = clampZoom({ from, to });
  return isWhole(zoom) ? undefined : rangeOf(zoom, trace);
}
