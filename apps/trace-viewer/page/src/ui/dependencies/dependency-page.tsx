import { useEffect, useMemo, useState } from 'preact/hooks';
import type { DependencyLink } from '@distrace/zipkin';
import { fetchDependencies, fetchServices } from '../../data/api.js';
import { LOOKBACKS, readLookback, windowParameters } from '../../model/lookbacks.js';
import { writeRoute } from '../../model/route.js';
import { navigate } from '../location.js';
import { CallTable } from './call-table.js';
import type { Focus } from './focus.js';
import { Picture } from './picture.js';

/** What the server says of calls. */
interface Answer {
  readonly links: readonly DependencyLink[];
  /** Services that recorded spans; the others are only spoken of. */
  readonly recorded: ReadonlySet<string>;
}

/** Who calls whom. */
export function DependencyPage({ search }: { readonly search: string }) {
  const lookback = readLookback(new URLSearchParams(search));
  const [answer, setAnswer] = useState<Answer>();
  const [problem, setProblem] = useState<string>();
  const [focus, setFocus] = useState<Focus>();
  useEffect(() => {
    document.title = 'Dependencies';
  }, []);
  useEffect(() => {
    let isCurrent = true;
    const load = async (): Promise<void> => {
      try {
        const parameters = new URLSearchParams(windowParameters(lookback, Date.now()));
        const [links, services] = await Promise.all([fetchDependencies(parameters), fetchServices()]);
        if (!isCurrent) return;
        setAnswer({ links, recorded: new Set(services) });
        setProblem(undefined);
      } catch (error) {
        if (isCurrent) setProblem(error instanceof Error ? error.message : String(error));
      }
    };
    void load();
    return () => {
      isCurrent = false;
    };
  }, [lookback]);
  const addressOf = useMemo(
    () =>
      (name: string): string => {
        const found = new URLSearchParams({
          [answer?.recorded.has(name) ? 'serviceName' : 'remoteServiceName']: name,
        });
        if (lookback !== '') found.set('lookback', lookback);
        return writeRoute({ page: 'list' }, found);
      },
    [answer, lookback],
  );
  const links = answer?.links;
  return (
    <main class="dependency-page">
      <div class="live-bar">
        <h1>Who calls whom</h1>
        <span class="space" />
        <label class="field inline">
          <span>When</span>
          <select
            name="lookback"
            value={lookback}
            onChange={({ currentTarget: { value } }) =>
              navigate(
                writeRoute({ page: 'dependencies' }, new URLSearchParams(value && { lookback: value })),
              )
            }
          >
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
      {links && links.length > 0 && (
        <div class="calls">
          <Picture links={links} addressOf={addressOf} focus={focus} onFocus={setFocus} />
          <CallTable links={links} addressOf={addressOf} focus={focus} onFocus={setFocus} />
        </div>
      )}
    </main>
  );
}
