import { Halves } from './half-spans.js';
import type { Half } from './half-spans.js';
import { byTimeThenValue } from './normal-form.js';
import type { AnnotationV1, SpanV1 } from './read-v1.js';
import type { Kind, Span } from '../span.js';
import { spreadBinaryAnnotations } from './v1-tags.js';

/** The annotations by which v1 tells kind and times: of a call, of its service; of a message, of its wire. */
export type Mark = 'cs' | 'cr' | 'sr' | 'ss' | 'ms' | 'mr' | 'ws' | 'wr';
/** The marks that a span has, each the last of its name. */
export type Marks = { [M in Mark]?: AnnotationV1 };

const KIND_OF_MARK: ReadonlyMap<string, Kind | undefined> = new Map<Mark, Kind | undefined>([
  ['cs', 'CLIENT'],
  ['cr', 'CLIENT'],
  ['sr', 'SERVER'],
  ['ss', 'SERVER'],
  ['ms', 'PRODUCER'],
  ['mr', 'CONSUMER'],
  ['ws', undefined],
  ['wr', undefined],
]);

/** The v2 spans that Zipkin makes of a v1 span: at least one. */
export function convertV1(source: SpanV1): Span[] {
  const halves = new Halves(source);
  const marks = spreadAnnotations(source, halves);
  addMissingStarts(source, marks);
  timeCall(source, marks, halves);
  timeMessage(source, marks, halves);
  spreadBinaryAnnotations(source, marks, halves);
  return halves.spans();
}

/** Gives each annotation to its service's half. Marks count only with an endpoint. */
function spreadAnnotations(source: SpanV1, halves: Halves): Marks {
  const marks: Marks = {};
  for (const annotation of source.annotations.toSorted(byTimeThenValue)) {
    const { timestamp, value, endpoint } = annotation;
    const half = halves.of(endpoint);
    if (endpoint !== undefined && KIND_OF_MARK.has(value)) {
      half.kind = KIND_OF_MARK.get(value) ?? half.kind;
      marks[value as Mark] = annotation;
    } else half.annotations.push({ timestamp, value });
  }
  return marks;
}

/** A span that ends where its end mark is has begun where it says. */
function addMissingStarts({ timestamp, duration }: SpanV1, marks: Marks): void {
  const start = (end: AnnotationV1 | undefined): AnnotationV1 | undefined =>
    end && timestamp !== 0 && duration !== 0 && timestamp + duration === end.timestamp
      ? { ...end, timestamp }
      : undefined;
  marks.cs ??= start(marks.cr);
  marks.sr ??= start(marks.ss);
}

function timeCall(source: SpanV1, { cs, cr, sr, ss }: Marks, halves: Halves): void {
  if (cs && sr) {
    timeByMarks(source, halves, cs, cr);
    const client = halves.of(cs.endpoint);
    const server = receiverOf(halves, [cs, 'CLIENT'], [sr, 'SERVER']);
    server.isShared = true;
    server.timestamp = sr.timestamp;
    if (ss) server.duration = ss.timestamp - sr.timestamp;
    if (!cr && source.duration === 0) client.duration = 0;
  } else if (cs && cr) timeByMarks(source, halves, cs, cr);
  else if (sr && ss) timeByMarks(source, halves, sr, ss);
  else timeIncomplete(source, { cs, cr, sr, ss }, halves);
  // v1 has no flag for it: a server that leaves the time to the other side shares the span.
  const leavesTime = source.timestamp === 0 || (ss !== undefined && source.duration === 0);
  if (!cs && sr && leavesTime) halves.of(sr.endpoint).isShared = true;
}

function timeIncomplete(source: SpanV1, { cs, cr, sr, ss }: Marks, halves: Halves): void {
  for (const half of halves.all) {
    const [start, end] = half.kind === 'CLIENT' ? [cs, cr] : half.kind === 'SERVER' ? [sr, ss] : [];
    if (start) half.timestamp = start.timestamp;
    if (end) half.annotations.push({ timestamp: end.timestamp, value: end.value });
  }
  if (source.timestamp !== 0) {
    halves.first.timestamp = source.timestamp;
    halves.first.duration = source.duration;
  }
}

function timeMessage(source: SpanV1, { ms, mr, ws, wr }: Marks, halves: Halves): void {
  if (ms && mr) {
    const producer = halves.of(ms.endpoint);
    const consumer = receiverOf(halves, [ms, 'PRODUCER'], [mr, 'CONSUMER']);
    consumer.isShared = true;
    consumer.timestamp = (wr ?? mr).timestamp;
    if (wr) consumer.duration = mr.timestamp - wr.timestamp;
    producer.timestamp = ms.timestamp;
    producer.duration = ws ? ws.timestamp - ms.timestamp : 0;
  } else if (ms) timeByMarks(source, halves, ms, ws);
  else if (mr) timeByMarks(source, halves, wr ?? mr, wr && mr);
  else {
    for (const stray of [ws, wr]) {
      if (stray)
        halves.of(stray.endpoint).annotations.push({ timestamp: stray.timestamp, value: stray.value });
    }
  }
}

/** The receiver's half. Where both sides are one service it is a new one, and the other gets its kind back. */
function receiverOf(
  halves: Halves,
  [sent, senderKind]: readonly [AnnotationV1, Kind],
  [received, receiverKind]: readonly [AnnotationV1, Kind],
): Half {
  if (sent.endpoint?.serviceName !== received.endpoint?.serviceName) return halves.of(received.endpoint);
  halves.of(sent.endpoint).kind = senderKind;
  const receiver = halves.fork(received.endpoint);
  receiver.kind = receiverKind;
  return receiver;
}

/** The span's own time if it has both parts, else what the marks say. */
function timeByMarks(
  { timestamp, duration }: SpanV1,
  halves: Halves,
  start: AnnotationV1,
  end: AnnotationV1 | undefined,
): void {
  const half = halves.of(start.endpoint);
  if (timestamp !== 0 && duration !== 0) {
    half.timestamp = timestamp;
    half.duration = duration;
  } else {
    half.timestamp = start.timestamp;
    if (end) half.duration = end.timestamp - start.timestamp;
  }
}
