import type {
  AggregationsAnswer,
  EndedSpan,
  ErrorGroup,
  PlainSpan,
  Row,
  RunningSpan,
  TraceSpan,
} from '@distrace/zpages/core';
import type { Span } from '@distrace/zipkin';
import { expect } from 'vitest';

/** Spans of one kind on the page of a row, or of all that runs. */
export interface SpanList<S> {
  readonly title: string;
  readonly count: number;
  readonly groups?: readonly ErrorGroup[];
  readonly spans: readonly S[];
}

async function readJson(url: string): Promise<unknown> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  return JSON.parse(text);
}

/** The page of all names of a service. */
export async function readNames(service: string): Promise<AggregationsAnswer> {
  return (await readJson(`${service}/zpages/tracez`)) as AggregationsAnswer;
}

/** What runs in a service, oldest first. */
export async function readRunning(service: string): Promise<SpanList<RunningSpan>> {
  const { lists } = (await readJson(`${service}/zpages/tracez?type=running`)) as {
    readonly lists: readonly [SpanList<RunningSpan>];
  };
  return lists[0];
}

/** The errors of a name. */
export async function readErrors(service: string, name: string): Promise<SpanList<EndedSpan>> {
  const { lists } = (await readJson(
    `${service}/zpages/tracez?type=error&name=${encodeURIComponent(name)}`,
  )) as { readonly lists: readonly [SpanList<EndedSpan>] };
  return lists[0];
}

/** What a service knows of a trace, parents above their children. */
export async function readTrace(service: string, traceId: string): Promise<readonly TraceSpan[]> {
  const { spans } = (await readJson(`${service}/zpages/tracez?trace=${traceId}`)) as {
    readonly spans: readonly TraceSpan[];
  };
  return spans;
}

/** The row of a name; throws when there is none. */
export function rowOf({ rows }: AggregationsAnswer, name: string): Row {
  const row = rows.find((one) => one.name === name);
  if (row === undefined) throw new Error(`There is no row "${name}" among ${rows.map((one) => one.name)}.`);
  return row;
}

/** An attribute of a shown span. */
export const attributeOf = ({ attributes }: PlainSpan, key: string) =>
  attributes.find((one) => one.key === key)?.value;

/** No span is lost and none is counted twice: each that came runs, failed, ended or is said to be dropped. */
export function expectConservation({ totals, rows }: AggregationsAnswer): void {
  const { started, adopted, running, errors, latency, dropped } = totals;
  expect(started + adopted).toBe(running + errors + latency + dropped);
  const sum = (pick: (row: Row) => number) => rows.reduce((total, row) => total + pick(row), 0);
  expect({ running, errors, latency }).toEqual({
    running: sum((row) => row.running),
    errors: sum((row) => row.errors),
    latency: sum((row) => sumOf(row.latency)),
  });
  expect(dropped).toBe(0);
}

/** A page where nothing runs any more says of each name what the exported spans of the service say. */
export function expectSameAsExported(page: AggregationsAnswer, exported: readonly Span[]): void {
  const byName = Map.groupBy(exported, ({ name = '' }) => name);
  expect(page.rows.map(({ name }) => name)).toEqual([...byName.keys()].toSorted());
  for (const { name, running, errors, latency } of page.rows) {
    const spans = byName.get(name) ?? [];
    const ended = spans.filter(({ tags }) => tags?.['error'] === undefined);
    expect({ name, running, errors, ended: sumOf(latency) }).toEqual({
      name,
      running: 0,
      errors: spans.length - ended.length,
      ended: ended.length,
    });
    // Zipkin's microseconds are rounded: within one of a bound, a span may be on either side of it.
    const off = page.boundsNanos.slice(1).flatMap((bound, bucket) => {
      const below = sumOf(latency.slice(0, bucket + 1));
      const within = (micros: number) =>
        ended.filter(({ duration = 0 }) => duration < bound / 1000 + micros).length;
      const [least, most] = [within(-1), within(1)];
      return least <= below && below <= most ? [] : [{ name, bound, least, below, most }];
    });
    expect(off).toEqual([]);
  }
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
