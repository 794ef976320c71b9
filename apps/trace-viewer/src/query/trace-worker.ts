// Its own thread: what a trace of half a million spans says takes seconds to find.
import { parentPort, workerData } from 'node:worker_threads';
import { linkDependencies, summarise, type Span } from '@distrace/zipkin';

const spans: Span[] = [];
parentPort!.on('message', (texts: readonly string[] | 'all') => {
  if (texts !== 'all') {
    for (const text of texts) spans.push(JSON.parse(text) as Span);
    return;
  }
  parentPort!.postMessage(workerData === 'links' ? linkDependencies([spans]) : summarise(spans));
  parentPort!.close();
});
