import type { AggregationsAnswer } from '../../query.js';
import { bytes, count } from '../format.js';
import { markup, trusted } from '../markup.js';
import type { Markup } from '../markup.js';

/** What zPages itself costs and has lost: one line per thing, as name, value and whether it is bad news. */
export function accountLines({
  totals,
  self,
}: Pick<AggregationsAnswer, 'totals' | 'self'>): readonly (readonly [string, string, boolean])[] {
  const balance = totals.running + totals.errors + totals.latency + totals.dropped;
  const sum = `${count(totals.started + totals.adopted)} = ${count(balance)}`;
  const lines: (readonly [string, string, boolean])[] = [
    ['spans', `${count(totals.started)} started, ${count(totals.adopted)} adopted at their end`, false],
    [
      'dropped',
      `${count(totals.dropped)} (started + adopted = running + errors + ended + dropped: ${sum})`,
      totals.dropped > 0,
    ],
    [
      'names',
      `${count(self.names)} of at most ${count(self.maxNames)}; ${count(self.namesRetired)} idle ones made room, their counts are with the other names`,
      self.names >= self.maxNames,
    ],
    [
      'running spans held',
      `${count(self.trackedRunning)} of at most ${count(self.maxRunningSpans)}`,
      totals.runningUntracked > 0,
    ],
    [
      'samples',
      `${count(self.samples)}, ${bytes(self.sampleBytes)} of at most ${bytes(self.maxSampleBytes)}; ${count(self.samplesEvicted)} evicted`,
      false,
    ],
    [
      'their traces',
      `${bytes(self.traceBytes)} of at most ${bytes(self.maxTraceBytes)}; ${count(self.tracesEvicted)} evicted; outlines of the last ${count(self.recentSpans)} spans with a parent`,
      false,
    ],
    [
      'hand-off',
      `${count(self.handOffCapacity)} messages, full ${count(self.handOffOverflows)} times, nothing lost by it`,
      false,
    ],
    ['not exported', `${count(self.unsampledSeen)} spans of traces that are not sampled`, false],
    ['processors', `${count(self.processors)} made for this page and not shut down`, self.processors === 0],
    [
      'own exceptions',
      self.internalErrors === 0
        ? '0'
        : `${count(self.internalErrors)}; the latest: ${self.lastInternalError ?? 'unknown'}`,
      self.internalErrors > 0,
    ],
  ];
  if (totals.runningUntracked > 0) {
    lines.splice(4, 0, [
      'running beyond that',
      `${count(totals.runningUntracked)}, counted in the total and in no row`,
      true,
    ]);
  }
  return lines;
}

/** {@link accountLines} at the foot of the table, open when something is wrong. */
export function accountView(answer: Pick<AggregationsAnswer, 'totals' | 'self'>): Markup {
  const lines = accountLines(answer);
  const bad = lines.some(([, , isBad]) => isBad);
  const { self, totals } = answer;
  return markup`<details class="account" data-key="account"${bad && trusted(' open')}>
<summary>What this page costs and has lost: ${bytes(self.sampleBytes)} of samples, ${count(totals.dropped)} dropped</summary>
<dl>${lines.map(([name, value, isBad]) => markup`<div${isBad && trusted(' class="bad"')}><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
</details>
`;
}
