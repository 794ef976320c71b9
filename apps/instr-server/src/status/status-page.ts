import type { AgentRecord } from '../agents/registry.js';
import type { Stats } from '../stats/stats.js';
import { html, type Html } from './html.js';
import { ago, bytes, count, percent, short } from './words.js';

/** What the page shows. */
export interface StatusPageInput {
  readonly stats: Stats;
  /** The one seen last comes first. */
  readonly agents: readonly AgentRecord[];
  readonly nowMs: number;
  readonly pollIntervalMs: number;
}

/** Rows of a table; beyond it the page says how many more there are. */
const MAX_ROWS = 200;

const REFRESH_SECONDS = 5;

/** The status page. Reloads itself without a script. */
export function statusPage(input: StatusPageInput): string {
  const { stats, agents, nowMs } = input;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="refresh" content="${REFRESH_SECONDS}" />
        <title>Instrumentation server</title>
        <link rel="stylesheet" href="/status.css" />
      </head>
      <body>
        <main>
          <header>
            <h1>Instrumentation server</h1>
            <p>
              Up for ${ago(nowMs - stats.startedAtMs)}. Rules
              <code title="${stats.rulesHash}">${short(stats.rulesHash)}</code>, helper bundle
              <code title="${stats.bundle.sha256}">${short(stats.bundle.sha256)}</code> of
              ${bytes(stats.bundle.sizeBytes)}, key <code title="${stats.publicKey}">${stats.keyId}</code>.
            </p>
          </header>
          ${alarms(stats)} ${numbers(stats, agents)} ${rules(stats)} ${processes(input)} ${phases(stats)}
          ${refusals(stats)}
          <footer>
            Numbers count from the start of the server. The page reloads every ${REFRESH_SECONDS} seconds. The
            same as data: <a href="/v1/stats">stats</a>, <a href="/v1/agents">agents</a>,
            <a href="/metrics">metrics</a>.
          </footer>
        </main>
      </body>
    </html> `.text;
}

function alarms({ reloadFailure, counters }: Stats): Html {
  const said = [
    reloadFailure === null
      ? undefined
      : html`<strong>Changed extensions are not served.</strong> They cannot be loaded: ${reloadFailure}`,
    (counters['diskFailures'] ?? 0) > 0
      ? html`<strong>The store cannot be written.</strong> Answers are kept in memory only.`
      : undefined,
  ].filter((alarm) => alarm !== undefined);
  return html`${said.map((alarm) => html`<p class="alarm" role="alert">${alarm}</p>`)}`;
}

function numbers({ counters, hitRate }: Stats, agents: readonly AgentRecord[]): Html {
  const shown: readonly (readonly [string, string, string])[] = [
    ['Processes', count(counters['agents'] ?? 0), `running, ${count(agents.length)} heard of lately`],
    [
      'Starts by a pack',
      count(counters['packsSent'] ?? 0),
      `of ${count(counters['handshakes'] ?? 0)} handshakes`,
    ],
    ['From the cache', percent(hitRate), `${count(counters['answeredFromCache'] ?? 0)} answers about files`],
    [
      'Woven',
      count(counters['wovenFiles'] ?? 0),
      `of ${count(counters['woven'] ?? 0)} files looked at, ${count(counters['wovenMs'] ?? 0)} ms`,
    ],
    [
      'Sources sent here',
      count(counters['sourcesReceived'] ?? 0),
      bytes(counters['sourceBytesReceived'] ?? 0),
    ],
    ['Sent', bytes(counters['bytesSent'] ?? 0), `${count(counters['notModified'] ?? 0)} times nothing new`],
  ];
  return html`<dl class="numbers">
    ${shown.map(
      ([name, value, note]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
          <dd class="note">${note}</dd>
        </div>`,
    )}
  </dl>`;
}

function rules({ rules: all }: Stats): Html {
  return section('Rules', ['Rule', 'State', 'Files', 'Functions', 'Errors'], {
    rows: all.map(({ name, enabled, files, functions, errors }) => [
      html`<th scope="row">${name}</th>`,
      html`<td>${enabled ? 'on' : html`<span class="off">off</span>`}</td>`,
      html`<td class="n">${count(files)}</td>`,
      html`<td class="n">
        ${functions === 0 ? html`<span class="warn">matched nothing</span>` : count(functions)}
      </td>`,
      html`<td class="n">${errors === 0 ? 0 : html`<span class="warn">${count(errors)}</span>`}</td>`,
    ]),
    empty: 'The extensions name no interceptor.',
  });
}

function processes({ agents, stats, nowMs, pollIntervalMs }: StatusPageInput): Html {
  const head = [
    'Process',
    'Service',
    'Runs',
    'Rules',
    'Woven',
    'Missed',
    'Asked here',
    'Seen',
    'Process facts',
  ];
  return section('Processes', head, {
    rows: agents.map(({ facts, state, lastSeenMs, longestGapMs, asked, missedCache }) => {
      const isCurrent = facts.rulesHash === stats.rulesHash;
      const silentMs = nowMs - lastSeenMs;
      return [
        html`<th scope="row"><code>${facts.agentId.slice(0, 8)}</code> <small>pid ${facts.pid}</small></th>`,
        html`<td>${facts.service}</td>`,
        html`<td class="long">
          agent ${facts.agentVersion}, Node ${facts.node.replace(/^v/, '')}, ${facts.mode}
        </td>`,
        html`<td>
          ${isCurrent ? 'applied' : html`<span class="warn">${facts.rulesHash === '' ? 'none yet' : 'older'}</span>`}
          <small><code title="${facts.rulesHash}">${short(facts.rulesHash)}</code></small>
        </td>`,
        html`<td class="n">${count(facts.woven)} ${hookErrorsOf(facts.hookErrors)}</td>`,
        html`<td class="n">
          ${facts.missed > 0 ? html`<span class="warn">${count(facts.missed)}</span>` : 0}
        </td>`,
        html`<td class="n">
          ${count(asked)} <small>${asked === 0 ? '' : `${percent(1 - missedCache / asked)} cached`}</small>
        </td>`,
        html`<td class="n">
          ${
            state === 'silent'
              ? html`<span class="warn">gone, ${ago(silentMs)} ago</span>`
              : `${state === 'ended' ? 'ended, ' : ''}${ago(silentMs)} ago`
          }
          ${longestGapMs > 3 * pollIntervalMs ? html`<small>gap of ${ago(longestGapMs)}</small>` : undefined}
        </td>`,
        html`<td class="facts">${factsOf(facts.process)}</td>`,
      ];
    }),
    empty: 'No process has asked yet. Start one with node --import @distrace/agent/register.',
  });
}

/** Which interceptors' hooks threw there, and how often. */
function hookErrorsOf(errors: Readonly<Record<string, number>> | undefined): Html | undefined {
  const entries = Object.entries(errors ?? {});
  if (entries.length === 0) return undefined;
  const all = entries.map(([name, times]) => `${name}: ${count(times)}`).join(', ');
  const total = entries.reduce((sum, [, times]) => sum + times, 0);
  return html`<small class="warn" title="${all}">${count(total)} errors in hooks</small>`;
}

/** Shut, or a dozen lines would make each row of the table as high; the reload shuts it again, so the data has them too. */
function factsOf(facts: Readonly<Record<string, number>> | undefined): Html {
  const entries = Object.entries(facts ?? {});
  if (entries.length === 0) return html`–`;
  return html`<details>
    <summary>${entries.length} numbers</summary>
    ${entries.map(([name, value]) => html`<div>${name}: ${count(Math.round(value * 100) / 100)}</div>`)}
  </details>`;
}

const PHASES: Readonly<Record<string, string>> = {
  instrumented: 'the result was cached',
  original: 'the source was cached',
  classpath: 'the source lay in a source root',
  sent: 'the source came along',
  none: '–',
};

function phases({ answers }: Stats): Html {
  return section('Answers', ['Answer', 'Where it came from', 'Times'], {
    rows: answers
      .toSorted((a, b) => b.count - a.count)
      .map(({ status, phase, count: times }) => [
        html`<th scope="row">${status}</th>`,
        html`<td>${PHASES[phase] ?? phase}</td>`,
        html`<td class="n">${count(times)}</td>`,
      ]),
    empty: 'No file has been asked for yet.',
  });
}

function refusals({ refusals: all }: Stats): Html | undefined {
  if (all.length === 0) return undefined;
  return section('Left as they are', ['File', 'Why'], {
    rows: all.map(({ file, reason }) => [
      html`<th scope="row">${file}</th>`,
      html`<td class="long">${reason}</td>`,
    ]),
    empty: '',
  });
}

interface Rows {
  readonly rows: readonly (readonly Html[])[];
  readonly empty: string;
}

function section(title: string, head: readonly string[], { rows, empty }: Rows): Html {
  const id = title.toLowerCase().replaceAll(' ', '-');
  const table = html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.slice(0, MAX_ROWS).map(
          (cells) =>
            html`<tr>
              ${cells}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
  const more = rows.length - MAX_ROWS;
  return html`<section>
    <h2 id="${id}">${title}</h2>
    ${rows.length === 0 ? html`<p class="empty">${empty}</p>` : table}
    ${more > 0 ? html`<p class="empty">${count(more)} more are not shown.</p>` : undefined}
  </section>`;
}
