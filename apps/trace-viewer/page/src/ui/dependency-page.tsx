import { useEffect, useState } from 'preact/hooks';
import type { DependencyLink } from '@distrace/zipkin';
import { fetchDependencies } from '../data/api.js';
import { layOutGraph, NODE_HEIGHT } from '../model/graph.js';
import { writeRoute } from '../model/route.js';
import { serviceClass } from './colours.js';
import { Link } from './link.js';

const LOOKBACKS: readonly (readonly [number, string])[] = [
  [3_600_000, 'Last hour'],
  [86_400_000, 'Last day'],
  [604_800_000, 'Last week'],
];

/** Who calls whom. */
export function DependencyPage() {
  const [lookback, setLookback] = useState(86_400_000);
  const [links, setLinks] = useState<readonly DependencyLink[]>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const parameters = new URLSearchParams({ endTs: String(Date.now()), lookback: String(lookback) });
    const load = async (): Promise<void> => {
      try {
        setLinks(await fetchDependencies(parameters));
        setProblem(undefined);
      } catch (error) {
        setProblem(error instanceof Error ? error.message : String(error));
      }
    };
    void load();
  }, [lookback]);
  return (
    <main class="dependency-page">
      <div class="live-bar">
        <h1>Who calls whom</h1>
        <span class="space" />
        <label class="field inline">
          <span>When</span>
          <select value={lookback} onChange={(event) => setLookback(Number(event.currentTarget.value))}>
            {LOOKBACKS.map(([value, text]) => (
              <option key={value} value={value}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </div>
      {problem !== undefined && (
        <div class="notice bad" role="alert">
          <span class="said">{problem}</span>
        </div>
      )}
      {links?.length === 0 && (
        <div class="empty">
          <h2>No calls between services yet</h2>
          <p>
            A call shows once both sides of it have sent their spans. Messages count through their broker’s
            name.
          </p>
        </div>
      )}
      {links && links.length > 0 && <Picture links={links} />}
    </main>
  );
}

function Picture({ links }: { readonly links: readonly DependencyLink[] }) {
  const { nodes, edges, width, height } = layOutGraph(links);
  const most = Math.max(...links.map(({ callCount }) => callCount));
  return (
    <div class="picture">
      <svg
        viewBox={`0 0 ${width} ${height + 30}`}
        width={width}
        height={height + 30}
        role="img"
        aria-label="Services and their calls"
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="6"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto-start-reverse"
            markerUnits="userSpaceOnUse"
          >
            <path d="M0 0L8 4L0 8z" class="arrow" />
          </marker>
        </defs>
        {edges.map(({ link, path, x, y }) => (
          <g key={`${link.parent}\n${link.child}`} class={`edge ${link.errorCount ? 'failed' : ''}`}>
            <path
              d={path}
              marker-end="url(#arrow)"
              stroke-width={1.2 + (2.5 * Math.log1p(link.callCount)) / Math.log1p(most)}
            />
            <text x={x} y={y}>
              {link.callCount.toLocaleString('en')}
              {link.errorCount ? ` (${link.errorCount.toLocaleString('en')} failed)` : ''}
            </text>
          </g>
        ))}
        {nodes.map(({ name, x, y, width }) => (
          <Link key={name} href={writeRoute({ page: 'list' }, new URLSearchParams({ serviceName: name }))}>
            <g class={`node ${serviceClass(name)}`}>
              <rect x={x} y={y} width={width} height={NODE_HEIGHT} rx="8" />
              <rect x={x} y={y} width="6" height={NODE_HEIGHT} rx="3" class="edge-colour" />
              <text x={x + width / 2 + 3} y={y + NODE_HEIGHT / 2}>
                {name.length > 28 ? `${name.slice(0, 27)}…` : name}
              </text>
            </g>
          </Link>
        ))}
      </svg>
    </div>
  );
}
