import { stripVTControlCharacters } from 'node:util';
import { redactAmqpUrl } from '@distrace/broker';
import type { Broker } from '@distrace/broker';
import type { RunFolders } from './app-env.ts';
import type { TwoStarts } from './second-start.ts';
import type { TaskResult } from './submit.ts';
import type { Weaver } from './weaver.ts';

/** Two columns: what it is, what it says. */
export type Rows = readonly (readonly [label: string, value: string])[];

/** Rows under a title, indented, the values in one column. */
export function block(title: string, rows: Rows): string {
  const width = Math.max(...rows.map(([label]) => label.length));
  return [title, ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)].join('\n');
}

/** The result of the task. Words come from somebody's file, so they are shown without terminal controls. */
export function resultRows(result: TaskResult): Rows {
  const { words, uniqueWords, longestWord, chunks, topWords, receivedBytes } = result;
  const top = topWords?.slice(0, 5).map(([word, count]) => `${shown(word)} ${count}`);
  return [
    ['words', `${words}, ${uniqueWords} of them different`],
    ['longest word', shown(longestWord)],
    ...(top === undefined ? [] : [['most frequent', top.join(', ')] as const]),
    ['chunks', `${chunks}, each counted in a worker thread`],
    ...(receivedBytes === undefined
      ? []
      : [['task.bytes', `${receivedBytes}, carried with the trace`] as const]),
  ];
}

/** `1 word counted`, `415 words counted`. */
export const wordsCounted = (words: number): string => `${words} ${words === 1 ? 'word' : 'words'} counted`;

/** `16 files woven; second start: 0 woven, 16 from the cache`. */
export const twoStarts = ({ first, second }: TwoStarts): string =>
  `${first.woven} ${first.woven === 1 ? 'file' : 'files'} woven; second start: ${second.woven} woven, ${second.fromCache} from the cache`;

const shown = (word: string) => {
  const clean = stripVTControlCharacters(word).replaceAll(/\p{Cc}/gu, ' ');
  return clean.length > 60 ? `${clean.slice(0, 57)}...` : clean;
};

/** Everything a person can open while the deployment runs; the folders only when they are still there to open. */
export function placeRows(places: {
  readonly traceUrl: string;
  readonly zipkinUrl: string;
  readonly clientUrl: string;
  readonly executorUrl: string;
  readonly exporterUrl: string;
  readonly broker: Pick<Broker, 'owner' | 'url' | 'description'>;
  readonly queuePrefix: string;
  /** The instrumentation server; the apps are then those without pages of their own. */
  readonly weaver?: Pick<Weaver, 'url' | 'readerToken'> | undefined;
  readonly folders: RunFolders | undefined;
}): Rows {
  const { traceUrl, zipkinUrl, clientUrl, executorUrl, exporterUrl, broker, queuePrefix, weaver, folders } =
    places;
  const services = [
    { name: 'client', url: clientUrl },
    { name: 'executor', url: executorUrl },
    { name: 'exporter', url: exporterUrl },
  ];
  // The password of our own node is the well-known one and dies with it; anybody else's is a secret.
  const amqp = broker.owner === 'private' ? broker.url : redactAmqpUrl(broker.url);
  return [
    ['trace', traceUrl],
    ['traces', `${zipkinUrl}/zipkin/`],
    ...(weaver === undefined
      ? ([
          ['client', `${clientUrl}/`],
          ['tasks', `${clientUrl}/tasks`],
        ] as const)
      : ([['weaver', `${weaver.url}/  password ${weaver.readerToken}`]] as const)),
    ['try', `curl -H 'content-type: text/plain' -d 'some words' ${clientUrl}/tasks`],
    ['health', services.map(({ url }) => `${url}/health`).join('  ')],
    ...(weaver === undefined ? services : []).map(
      ({ name, url }, index) => [index === 0 ? 'zPages' : '', `${url}/zpages/tracez  ${name}`] as const,
    ),
    ['RabbitMQ', amqp],
    // Whoever looks into the queues by hand has to know it.
    ['prefix', queuePrefix],
    ...(folders === undefined
      ? []
      : ([
          ['data', folders.data],
          ['logs', folders.logs],
        ] as const)),
  ];
}
