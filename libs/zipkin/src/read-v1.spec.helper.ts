import { clean } from './random.spec.helper.js';
import type { Annotation, Endpoint, Kind, Span } from './span.js';

/** Reads Zipkin v1 JSON the way Zipkin's converter does, for tests of the encoder. Valid input only. */
export function readV1(text: string): Span[] {
  return (JSON.parse(text) as V1Span[]).flatMap(convert);
}

interface V1Annotation {
  readonly timestamp: number;
  readonly value: string;
  readonly endpoint?: Endpoint;
}

interface V1Span {
  readonly traceId: string;
  readonly parentId?: string;
  readonly id: string;
  readonly name?: string;
  readonly timestamp?: number;
  readonly duration?: number;
  readonly annotations?: readonly V1Annotation[];
  readonly binaryAnnotations?: readonly {
    readonly key: string;
    readonly value: unknown;
    readonly endpoint?: Endpoint;
  }[];
  readonly debug?: boolean;
}

interface Draft {
  kind?: Kind;
  timestamp?: number;
  duration?: number;
  localEndpoint?: Endpoint;
  remoteEndpoint?: Endpoint;
  annotations: Annotation[];
  tags: Record<string, string>;
  shared?: boolean;
}

const KIND_OF: Readonly<Record<string, Kind>> = {
  cs: 'CLIENT',
  cr: 'CLIENT',
  sr: 'SERVER',
  ss: 'SERVER',
  ms: 'PRODUCER',
  mr: 'CONSUMER',
};

function convert(source: V1Span): Span[] {
  const timestamp = positive(source.timestamp);
  const duration = positive(source.duration);
  const first: Draft = { annotations: [], tags: {} };
  const drafts = [first];
  const fork = (endpoint: Endpoint | undefined): Draft => {
    const draft: Draft = { localEndpoint: endpoint, annotations: [], tags: {} };
    drafts.push(draft);
    return draft;
  };
  const draftOf = (endpoint: Endpoint | undefined): Draft => {
    if (!endpoint) return first;
    for (const draft of drafts) {
      draft.localEndpoint ??= endpoint;
      if (draft.localEndpoint.serviceName === endpoint.serviceName) return draft;
    }
    return fork(endpoint);
  };

  const core: Partial<Record<string, V1Annotation>> = {};
  const sorted = (source.annotations ?? [])
    .map((annotation) => clean({ ...annotation, endpoint: normalEndpoint(annotation.endpoint) }))
    .toSorted((a, b) => a.timestamp - b.timestamp || (a.value < b.value ? -1 : 1));
  for (const annotation of sorted) {
    const { timestamp: at, value, endpoint } = annotation;
    const draft = draftOf(endpoint);
    if (endpoint && (KIND_OF[value] || value === 'ws' || value === 'wr')) {
      core[value] = annotation;
      if (KIND_OF[value]) draft.kind = KIND_OF[value];
    } else draft.annotations.push({ timestamp: at, value });
  }
  const { cr, ss, ms, mr, ws, wr } = core;
  let { cs, sr } = core;
  const ends = (end: V1Annotation | undefined): boolean =>
    !!end && !!timestamp && !!duration && timestamp + duration === end.timestamp;
  if (!cs && cr && ends(cr)) cs = { timestamp: timestamp!, value: 'cs', endpoint: cr.endpoint };
  if (!sr && ss && ends(ss)) sr = { timestamp: timestamp!, value: 'sr', endpoint: ss.endpoint };

  const setTimes = (begin: V1Annotation, end: V1Annotation | undefined): void => {
    const draft = draftOf(begin.endpoint);
    draft.timestamp = timestamp && duration ? timestamp : begin.timestamp;
    if (timestamp && duration) draft.duration = duration;
    else if (end) draft.duration = end.timestamp - begin.timestamp;
  };
  const otherSide = (one: V1Annotation, other: V1Annotation, kind: Kind): Draft => {
    if (one.endpoint?.serviceName !== other.endpoint?.serviceName) return draftOf(other.endpoint);
    const draft = fork(other.endpoint);
    draft.kind = kind;
    return draft;
  };

  if (cs && sr) {
    setTimes(cs, cr);
    const client = draftOf(cs.endpoint);
    const server = otherSide(cs, sr, 'SERVER');
    if (server !== client && cs.endpoint?.serviceName === sr.endpoint?.serviceName) client.kind = 'CLIENT';
    server.shared = true;
    server.timestamp = sr.timestamp;
    if (ss) server.duration = ss.timestamp - sr.timestamp;
    if (!cr && !duration) client.duration = undefined;
  } else if (cs && cr) setTimes(cs, cr);
  else if (sr && ss) setTimes(sr, ss);
  else {
    for (const draft of drafts) {
      const [begin, end] = draft.kind === 'CLIENT' ? [cs, cr] : draft.kind === 'SERVER' ? [sr, ss] : [];
      if (begin) draft.timestamp = begin.timestamp;
      if (end) draft.annotations.push({ timestamp: end.timestamp, value: end.value });
    }
    if (timestamp) Object.assign(first, { timestamp, duration });
  }
  if (!cs && sr && (!timestamp || (ss && !duration))) draftOf(sr.endpoint).shared = true;

  if (ms && mr) {
    const consumer = otherSide(ms, mr, 'CONSUMER');
    const producer = draftOf(ms.endpoint);
    producer.kind = 'PRODUCER';
    consumer.shared = true;
    consumer.timestamp = (wr ?? mr).timestamp;
    if (wr) consumer.duration = mr.timestamp - wr.timestamp;
    producer.timestamp = ms.timestamp;
    producer.duration = ws && ws.timestamp - ms.timestamp;
  } else if (ms) setTimes(ms, ws);
  else if (mr) setTimes(wr ?? mr, wr && mr);
  else {
    for (const stray of [ws, wr]) {
      if (stray) draftOf(stray.endpoint).annotations.push({ timestamp: stray.timestamp, value: stray.value });
    }
  }

  const address: Partial<Record<string, Endpoint>> = {};
  for (const { key, value, endpoint } of source.binaryAnnotations ?? []) {
    const place = normalEndpoint(endpoint);
    if (value === true && ['ca', 'sa', 'ma'].includes(key)) address[key] = place;
    if (typeof value !== 'string') continue;
    const draft = draftOf(place);
    if (key !== 'lc' || value !== '') draft.tags[key] = value;
  }
  const { sa, ma } = address;
  let { ca } = address;
  const server = sr ?? ss;
  if (!cs && !cr && !server && (ca || sa)) {
    if (ca && sa) draftOf(ca).remoteEndpoint = sa;
    else if (sa) first.remoteEndpoint = sa;
    else Object.assign(first, { kind: 'SERVER', remoteEndpoint: ca });
  } else {
    if (ca && server && JSON.stringify(ca) !== JSON.stringify(server.endpoint)) {
      if (ca.serviceName === server.endpoint?.serviceName) ca = clean({ ...ca, serviceName: undefined });
      draftOf(server.endpoint).remoteEndpoint = ca;
    }
    const client = cs ?? cr;
    if (sa && client) draftOf(client.endpoint).remoteEndpoint = sa;
    for (const half of [ms, mr]) if (ma && half) draftOf(half.endpoint).remoteEndpoint = ma;
  }
  return drafts.map((draft) => finish(source, draft));
}

function finish(source: V1Span, draft: Draft): Span {
  const id = hex(source.id).slice(-16);
  const parentId = source.parentId === undefined ? undefined : hex(source.parentId).slice(-16);
  const annotations = draft.annotations
    .toSorted((a, b) => a.timestamp - b.timestamp || (a.value < b.value ? -1 : 1))
    .filter((a, i, all) => a.timestamp !== all[i - 1]?.timestamp || a.value !== all[i - 1]?.value);
  return clean({
    traceId: source.traceId.length === 32 ? source.traceId : hex(source.traceId).slice(-16),
    parentId: parentId === id || parentId === '0'.repeat(16) ? undefined : parentId,
    id,
    kind: draft.kind,
    name: source.name?.toLowerCase() || undefined,
    timestamp: draft.timestamp,
    duration: positive(draft.duration),
    localEndpoint: draft.localEndpoint,
    remoteEndpoint: draft.remoteEndpoint,
    annotations: annotations.length > 0 ? annotations : undefined,
    tags: Object.keys(draft.tags).length > 0 ? draft.tags : undefined,
    debug: source.debug || undefined,
    shared: draft.shared,
  });
}

function normalEndpoint(endpoint: Endpoint | undefined): Endpoint | undefined {
  if (!endpoint) return undefined;
  const mapped = /^::ffff:([\d.]+)$/.exec(endpoint.ipv6 ?? '')?.[1];
  const ipv4 = [endpoint.ipv4, mapped].find((ip) => ip !== undefined && /^[\d.]+$/.test(ip));
  const normal = clean({
    serviceName: endpoint.serviceName?.toLowerCase() || undefined,
    ipv4,
    ipv6: mapped ? undefined : endpoint.ipv6,
    port: endpoint.port || undefined,
  });
  return Object.keys(normal).length > 0 ? normal : undefined;
}

const hex = (text: string): string => text.padStart(16, '0');
const positive = (value: number | undefined): number | undefined =>
  value !== undefined && value > 0 ? value : undefined;
