import { toPrometheus, type Metric } from '@distrace/nest-server';
import type { Stats } from './stats.js';

interface MetricRow {
  readonly counter: keyof Stats['counters'];
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** One sentence, with the unit. */
  readonly help: string;
}

/** The plain numbers; answers, rules and problems have labels and follow. */
export const METRICS: readonly MetricRow[] = [
  {
    counter: 'agents',
    name: 'agents',
    type: 'gauge',
    help: 'Processes that run: heard of within three polls, and not ended.',
  },
  { counter: 'handshakes', name: 'handshakes', type: 'counter', help: 'Handshakes and polls.' },
  { counter: 'woven', name: 'woven', type: 'counter', help: 'Files that went through the weaver.' },
  {
    counter: 'wovenFiles',
    name: 'woven_files',
    type: 'counter',
    help: 'Those in which something was marked.',
  },
  {
    counter: 'wovenMs',
    name: 'weaving_milliseconds',
    type: 'counter',
    help: 'Milliseconds of that, waiting included.',
  },
  {
    counter: 'answeredFromCache',
    name: 'answered_from_cache',
    type: 'counter',
    help: 'Answers that were there already.',
  },
  {
    counter: 'joined',
    name: 'joined',
    type: 'counter',
    help: 'Requests that waited for the weaving another had asked for.',
  },
  {
    counter: 'threadsEnded',
    name: 'threads_ended',
    type: 'counter',
    help: 'Weaving threads ended because of time or memory.',
  },
  { counter: 'queued', name: 'queued', type: 'gauge', help: 'Files that wait for a thread.' },
  {
    counter: 'sourcesReceived',
    name: 'sources_received',
    type: 'counter',
    help: 'Sources that came over the wire.',
  },
  {
    counter: 'sourceBytesReceived',
    name: 'source_bytes_received',
    type: 'counter',
    help: 'Bytes of these sources.',
  },
  {
    counter: 'bytesReceived',
    name: 'bytes_received',
    type: 'counter',
    help: 'Bytes of request bodies, unpacked.',
  },
  { counter: 'bytesSent', name: 'bytes_sent', type: 'counter', help: 'Bytes of answers, as they were sent.' },
  { counter: 'notModified', name: 'not_modified', type: 'counter', help: 'Answers with status 304.' },
  { counter: 'packsBuilt', name: 'packs_built', type: 'counter', help: 'Packs put together and signed.' },
  {
    counter: 'packsSent',
    name: 'packs_sent',
    type: 'counter',
    help: 'Starts that got what is known of their files in one answer.',
  },
  {
    counter: 'packFilesSent',
    name: 'pack_files_sent',
    type: 'counter',
    help: 'Files that starts got in packs.',
  },
  {
    counter: 'rateLimited',
    name: 'rate_limited',
    type: 'counter',
    help: 'Requests refused because of the rate.',
  },
  { counter: 'reloads', name: 'reloads', type: 'counter', help: 'Times the extensions were loaded anew.' },
  { counter: 'reloadsFailed', name: 'reloads_failed', type: 'counter', help: 'Times they could not be.' },
  {
    counter: 'memoryBytes',
    name: 'memory_bytes',
    type: 'gauge',
    help: 'Estimated bytes of results and sources in memory.',
  },
  {
    counter: 'memoryEvicted',
    name: 'memory_evicted',
    type: 'counter',
    help: 'Entries in memory that made room for others.',
  },
  { counter: 'diskHits', name: 'disk_hits', type: 'counter', help: 'Contents read from the disk.' },
  { counter: 'diskMisses', name: 'disk_misses', type: 'counter', help: 'Contents that were not there.' },
  { counter: 'diskWrites', name: 'disk_writes', type: 'counter', help: 'Contents written.' },
  {
    counter: 'diskCorrupted',
    name: 'disk_corrupted',
    type: 'counter',
    help: 'Contents dropped because they were not what was written.',
  },
  { counter: 'diskFailures', name: 'disk_failures', type: 'counter', help: 'Writes that failed.' },
  {
    counter: 'diskEvicted',
    name: 'disk_evicted',
    type: 'counter',
    help: 'Contents that were too old or made room.',
  },
];

/** Prometheus' text format. */
export function statsToPrometheus(stats: Stats): string {
  const plain: Metric[] = METRICS.map(({ counter, name, type, help }) => ({
    name,
    type,
    help,
    samples: [[{}, stats.counters[counter] ?? 0]],
  }));
  const labelled: Metric[] = [
    {
      name: 'answers',
      type: 'counter',
      help: 'Answers about files, by what they were and which phase they came from.',
      samples: stats.answers.map(({ status, phase, count }) => [{ status, phase }, count]),
    },
    {
      name: 'problems',
      type: 'counter',
      help: 'Requests that were refused, by code.',
      samples: Object.entries(stats.problems).map(([code, count]) => [{ code }, count]),
    },
    {
      name: 'rule_functions',
      type: 'gauge',
      help: 'Functions that a rule matched.',
      samples: stats.rules.map(({ name, functions }) => [{ rule: name }, functions]),
    },
    {
      name: 'rule_hook_errors',
      type: 'gauge',
      help: 'Errors that hooks of a rule threw, in the processes that are listed.',
      samples: stats.rules.map(({ name, errors }) => [{ rule: name }, errors]),
    },
    {
      name: 'rule_enabled',
      type: 'gauge',
      help: 'Whether a rule is switched on, 1 or 0.',
      samples: stats.rules.map(({ name, enabled }) => [{ rule: name }, Number(enabled)]),
    },
  ];
  const all = [...plain, ...labelled];
  return toPrometheus(all.map((metric) => ({ ...metric, name: `distrace_instr_server_${metric.name}` })));
}
