import { clampZoom, isWhole, WHOLE } from './zoom.js';
import type { Zoom } from './zoom.js';

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
  readonly zoom: Zoom;
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
  zoom: WHOLE,
  skew: false,
  grouped: false,
  criticalPath: false,
};

/** Reads the view from a link. What cannot be read is as if it was not there. */
export function readViewState(search: URLSearchParams): ViewState {
  const span = search.get('span')?.toLowerCase();
  return {
    ...(span !== undefined && /^[0-9a-f]{1,16}$/.test(span) && { span: span.padStart(16, '0') }),
    query: search.get('q') ?? '',
    filter: search.get('show') === 'matches',
    hiddenServices: search.getAll('hide'),
    minDuration: search.get('min') ?? '',
    onlyErrors: search.get('errors') === 'true',
    zoom: readZoom(search.get('zoom')),
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
  if (view.minDuration !== '') search.set('min', view.minDuration);
  if (view.onlyErrors) search.set('errors', 'true');
  if (!isWhole(view.zoom)) search.set('zoom', `${shortNumber(view.zoom.from)}-${shortNumber(view.zoom.to)}`);
  if (view.skew) search.set('clocks', 'agree');
  if (view.grouped) search.set('group', 'true');
  if (view.criticalPath) search.set('path', 'true');
  return search;
}

function readZoom(text: string | null): Zoom {
  const match = /^([\d.]{1,12})-([\d.]{1,12})$/.exec(text ?? '');
  return match ? clampZoom({ from: Number(match[1]), to: Number(match[2]) }) : WHOLE;
}

function shortNumber(value: number): string {
  return String(Number(value.toFixed(6)));
}
