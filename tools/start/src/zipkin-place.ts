import { stripVTControlCharacters } from 'node:util';
import { messageOf, StartError } from './errors.ts';
import type { FindPort } from './ports.ts';
import { portNote } from './ports.ts';

/** Where the spans of a run go and its traces are read. */
export interface ZipkinPlace {
  /** `http://HOST:PORT`, without a slash at its end. */
  readonly url: string;
  /** Who that is: `Zipkin 3.6.1 on http://127.0.0.1:9411`. */
  readonly description: string;
}

/** A Zipkin to use, or a port on which to start a viewer and what to say about it. */
export type ZipkinChoice =
  | { readonly kind: 'found'; readonly place: ZipkinPlace }
  | { readonly kind: 'none'; readonly port: number; readonly notes: readonly string[] };

/** Options of `chooseZipkin`. */
export interface ChooseZipkinOptions {
  /** Where a Zipkin is looked for, and where the viewer should listen otherwise. */
  readonly port: number;
  readonly findPort: FindPort;
  readonly signal: AbortSignal;
}

/** Somebody on this machine answers within this time, or is no Zipkin that could be used. */
const ASK_TIMEOUT_MS = 2_000;

/** The page of a trace. */
export const pageOf = (zipkinUrl: string, traceId: string) => `${zipkinUrl}/zipkin/traces/${traceId}`;

/**
 * Uses the Zipkin, or the trace viewer, that answers on `port` of 127.0.0.1. Not one of another run: it ends with that
 * run. Where there is none, the viewer gets the first free port from there on.
 */
export async function chooseZipkin({ port, findPort, signal }: ChooseZipkinOptions): Promise<ZipkinChoice> {
  const url = `http://127.0.0.1:${port}`;
  const who = await whoIs(url, signal);
  if (who !== undefined && !who.endsWithItsRun) {
    return { kind: 'found', place: { url, description: `${who.name} on ${url}` } };
  }
  const free = await findPort({ from: port });
  if (free === port) return { kind: 'none', port: free, notes: [] };
  const note =
    who === undefined
      ? portNote('viewer', port, free)
      : `on port ${port} is the viewer of another run, which ends with that, so the viewer uses ${free}`;
  return { kind: 'none', port: free, notes: [note] };
}

/** The Zipkin of `--zipkin`, which must answer now. Throws DT_ERR_START_ZIPKIN. */
export async function namedZipkin(url: string, signal: AbortSignal): Promise<ZipkinPlace> {
  const came = await problemOf(`${url}/api/v2/services`, signal);
  if (came === undefined) {
    const who = await whoIs(url, signal);
    return { url, description: `${who?.name ?? 'Zipkin'} on ${url}` };
  }
  throw new StartError(
    'DT_ERR_START_ZIPKIN',
    `--zipkin takes the URL of a Zipkin that answers, but ${url}/api/v2/services got ${came}. ` +
      'Start it, correct the URL, or leave --zipkin out to have a trace viewer started.',
  );
}

async function problemOf(url: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const { status, text } = await get(url, signal);
    if (status !== 200) return String(status);
    return Array.isArray(JSON.parse(text)) ? undefined : 'something else than a list';
  } catch (error) {
    signal.throwIfAborted();
    return `no answer (${messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)})`;
  }
}

interface Who {
  readonly name: string;
  /** A viewer that `npm start` has started for itself. */
  readonly endsWithItsRun: boolean;
}

/** Zipkin and the viewer tell who they are; whoever does not is neither. */
async function whoIs(url: string, signal: AbortSignal): Promise<Who | undefined> {
  try {
    const { status, text } = await get(`${url}/info`, signal);
    const { zipkin, 'trace-viewer': viewer } = fieldsOf(status === 200 ? JSON.parse(text) : undefined);
    if (viewer !== undefined) {
      return { name: 'a trace viewer', endsWithItsRun: fieldsOf(viewer)['endsWithParent'] === true };
    }
    if (zipkin === undefined) return undefined;
    const { version } = fieldsOf(zipkin);
    const shown = typeof version === 'string' ? harmless(version) : '';
    return { name: `Zipkin ${shown}`.trimEnd(), endsWithItsRun: false };
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function get(url: string, signal: AbortSignal) {
  const response = await fetch(url, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(ASK_TIMEOUT_MS)]),
  });
  return { status: response.status, text: await response.text() };
}

const harmless = (text: string) =>
  stripVTControlCharacters(text)
    .replaceAll(/\p{Cc}/gu, ' ')
    .slice(0, 40);

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
