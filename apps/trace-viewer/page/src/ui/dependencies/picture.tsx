import { useMemo } from 'preact/hooks';
import type { DependencyLink } from '@distrace/zipkin';
import { busiest, layOutGraph, MOST_LETTERS } from '../../model/graph.js';
import { NODE_HEIGHT } from '../../model/graph-layers.js';
import { serviceClass } from '../colours.js';
import { Link } from '../link.js';
import { isMeant, servicesMeant } from './focus.js';
import type { Focus } from './focus.js';

/** More numbers would stand on each other: those of the arrows pointed at are shown then. */
const MOST_LABELS = 16;

/** Services and arrows. Pointing at a service leaves only its own arrows bright. */
export function Picture({
  links,
  addressOf,
  focus,
  onFocus,
}: {
  readonly links: readonly DependencyLink[];
  readonly addressOf: (service: string) => string;
  readonly focus: Focus | undefined;
  readonly onFocus: (focus: Focus | undefined) => void;
}) {
  const drawn = useMemo(() => busiest(links), [links]);
  const { nodes, edges, width, height } = useMemo(() => layOutGraph(drawn), [drawn]);
  const most = drawn.reduce((known, { callCount }) => Math.max(known, callCount), 0);
  const meant = servicesMeant(links, focus);
  const leave = (): void => onFocus(undefined);
  return (
    <div class="picture">
      {drawn.length < links.length && (
        <p>
          The {drawn.length} busiest of {links.length} calls; the table has all.
        </p>
      )}
      <svg
        viewBox={`0 0 ${width} ${height}`}
        // As wide as there is room for, up to its own size; smaller than this nobody can read it, and it scrolls.
        style={{ maxWidth: `${width}px`, minWidth: `${Math.min(width, Math.max(width * 0.64, 340))}px` }}
        role="group"
        aria-label="Services and their calls"
      >
        <defs>
          {['', 'failed'].map((kind) => (
            <marker
              key={kind}
              id={`arrow${kind}`}
              viewBox="0 0 8 8"
              refX="2"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
              markerUnits="userSpaceOnUse"
            >
              <path d="M0 0.5L8 4L0 7.5z" class={`arrow ${kind}`} />
            </marker>
          ))}
        </defs>
        {edges.map(({ link, path }) => (
          <path
            key={`${link.parent}\n${link.child}`}
            class={edgeClass(link, focus)}
            d={path}
            marker-end={`url(#arrow${link.errorCount ? 'failed' : ''})`}
            stroke-width={1.2 + (2 * Math.log1p(link.callCount)) / Math.log1p(most)}
          />
        ))}
        {nodes.map(({ name, x, y, width }) => (
          <Link
            key={name}
            href={addressOf(name)}
            aria-label={`Traces of ${name}`}
            onMouseEnter={() => onFocus({ service: name })}
            onMouseLeave={leave}
            onFocus={() => onFocus({ service: name })}
            onBlur={leave}
          >
            <g class={`node ${serviceClass(name)} ${meant && !meant.has(name) ? 'dim' : ''}`}>
              <title>{name}</title>
              <rect x={x} y={y} width={width} height={NODE_HEIGHT} rx="7" />
              <rect x={x} y={y} width="5" height={NODE_HEIGHT} rx="2.5" class="edge-colour" />
              <text x={x + width / 2 + 2} y={y + NODE_HEIGHT / 2}>
                {name.length > MOST_LETTERS ? `${name.slice(0, MOST_LETTERS - 1)}…` : name}
              </text>
            </g>
          </Link>
        ))}
        {edges.map(
          ({ link, x, y }) =>
            (focus ? isMeant(link, focus) : edges.length <= MOST_LABELS) && (
              <text
                key={`${link.parent}\n${link.child}`}
                class={`calls-label ${link.errorCount ? 'failed' : ''}`}
                x={x}
                y={y}
              >
                {link.callCount.toLocaleString('en')}
                {link.errorCount ? ` (${link.errorCount.toLocaleString('en')} failed)` : ''}
              </text>
            ),
        )}
      </svg>
    </div>
  );
}

function edgeClass(link: DependencyLink, focus: Focus | undefined): string {
  const state = !focus ? '' : isMeant(link, focus) ? 'meant' : 'dim';
  return `edge ${link.errorCount ? 'failed' : ''} ${state}`;
}
