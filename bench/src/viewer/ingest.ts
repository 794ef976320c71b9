import { setTimeout as sleep } from 'node:timers/promises';
import { figure, median, quantile } from '../measure.ts';
import type { Row } from '../measure.ts';
import { startLoad } from './load.ts';
import { startViewerProcess } from './viewer-process.ts';
import type { ViewerProcess } from './viewer-process.ts';

const SPANS = 60_000;
const WARM_UP_ROUNDS = 8;
const ROUNDS = 9;
/** Three services and one more, each with a list on its way. */
const IN_FLIGHT = 4;
const PER_SECOND = 50_000;
/** What pages and scripts ask while spans come. */
const LISTS = ['/api/ui/summaries', '/api/v2/traces'] as const;
/** Of each list; a page asks four times a second at most. */
const LIST_EVERY_MS = 100;

const VARIANTS = ['alone', 'lists read', 'lists read, paced'] as const;

interface Sample {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  readonly listP95Ms: number | undefined;
  /** How long the viewer itself was at work between question and answer, whoever else was on its core. */
  readonly listP95CpuMs: number | undefined;
}

/**
 * Spans of the reference deployment over HTTP into a viewer whose store is full: how many a second of CPU time and of
 * the clock takes, alone, while its lists are read, and with 50,000 a second offered instead of all at once.
 */
export async function ingestRows(): Promise<Row[]> {
  await using load = await startLoad();
  await using viewer = await startViewerProcess();
  const round = async (variant: (typeof VARIANTS)[number]): Promise<Sample> => {
    await load.ask({ kind: 'prepare', source: 'deployment', spans: SPANS });
    const isPaced = variant === 'lists read, paced';
    const cpu = await viewer.cpuMillis();
    const reader = variant === 'alone' ? undefined : readLists(viewer);
    const { spans, seconds } = await load.ask({
      kind: 'send',
      url: viewer.url,
      inFlight: IN_FLIGHT,
      ...(isPaced && { perSecond: PER_SECOND }),
    });
    const answers = (await reader?.stop()) ?? [];
    const cpuSeconds = ((await viewer.cpuMillis()) - cpu) / 1000;
    return {
      perCpuSecond: spans / cpuSeconds,
      perSecond: spans / seconds,
      listP95Ms: p95(answers, ({ ms }) => ms),
      listP95CpuMs: p95(answers, ({ cpuMs }) => cpuMs),
    };
  };
  for (let i = 0; i < WARM_UP_ROUNDS; i++) await round('lists read');
  const samples = new Map(VARIANTS.map((variant) => [variant, [] as Sample[]]));
  for (let i = 0; i < ROUNDS; i++) {
    for (const variant of VARIANTS) samples.get(variant)!.push(await round(variant));
  }
  return VARIANTS.flatMap((variant) => {
    const row = (unit: string, value: (sample: Sample) => number | undefined): Row[] => {
      const values = samples.get(variant)!.flatMap((sample) => value(sample) ?? []);
      return values.length === 0 ? [] : [figure('viewer, ingest', { variant, unit, value: median(values) })];
    };
    return [
      ...row('spans/CPU s', ({ perCpuSecond }) => perCpuSecond),
      ...row('spans/s', ({ perSecond }) => perSecond),
      ...row('list, p95 ms', ({ listP95Ms }) => listP95Ms),
      ...row('list, p95 CPU ms', ({ listP95CpuMs }) => listP95CpuMs),
    ];
  });
}

function p95(answers: readonly Answer[], value: (answer: Answer) => number | undefined): number | undefined {
  const known = answers.flatMap((answer) => value(answer) ?? []);
  return known.length === 0 ? undefined : quantile(known, 0.95);
}

interface Answer {
  readonly ms: number;
  readonly cpuMs: number | undefined;
}

/** Asks for both lists again and again; `stop` tells how long each answer took. */
function readLists({ url, threadCpuMillis }: ViewerProcess): { stop(): Promise<Answer[]> } {
  const answers: Answer[] = [];
  const stopped = new AbortController();
  const reading = (async () => {
    while (!stopped.signal.aborted) {
      for (const path of LISTS) {
        const [asked, cpu] = [performance.now(), threadCpuMillis()];
        const answer = await fetch(url + path);
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`${path} must answer 200, instead came ${answer.status}`);
        const [ms, used] = [performance.now() - asked, threadCpuMillis()];
        answers.push({ ms, cpuMs: cpu === undefined || used === undefined ? undefined : used - cpu });
        await sleep(Math.max(0, LIST_EVERY_MS / LISTS.length - ms));
      }
    }
  })();
  return {
    stop: async () => {
      stopped.abort();
      await reading;
      return answers;
    },
  };
}
