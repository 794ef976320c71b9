import type { FileIdentity } from './file-identity.js';

/** Versions of the protocol this code speaks, lowest and highest. */
export const PROTOCOL = { min: 1, max: 1 } as const;

/** What a process says of itself. No absolute path, no environment, no source. */
export interface AgentFacts {
  readonly protocol: { readonly min: number; readonly max: number };
  /** Random, lower-case hex, 16 digits: one process (or worker thread). */
  readonly agentId: string;
  readonly agentVersion: string;
  readonly weaver: number;
  readonly service: string;
  readonly node: string;
  readonly pid: number;
  readonly mode: 'shared' | 'local';
  /** Serial of the manifest it runs; 0 before the first. */
  readonly serial: number;
  /** Its rules' hash, empty before the first: "applied" on the status page. */
  readonly rulesHash: string;
  readonly woven: number;
  readonly missed: number;
  /** What hooks of interceptors threw, by interceptor; absent while none did. */
  readonly hookErrors?: Readonly<Record<string, number>>;
  /** How often it asks, milliseconds; 0: never. Absent: as the manifest says. */
  readonly pollIntervalMs?: number;
  /** By option: event loop delay, GC, heap, modules loaded. Numbers only, units in the names. */
  readonly process?: Readonly<Record<string, number>>;
}

/** `POST /v1/handshake`: the one prefetch, and with `have` also the poll. */
export interface HandshakeRequest {
  readonly agent: AgentFacts;
  /** What is on the disk already, so that it is not sent again. */
  readonly have: {
    readonly manifest?: string;
    readonly bundle?: string;
    readonly pack?: string;
  };
  /** False: send no pack; the last one was too large. Default true. */
  readonly pack?: boolean;
}

/**
 * Each part null when the process has it already, a pack null also when there is none yet. `manifest` and
 * `pack` are `Signed` texts; `bundle` is the text itself, whose hash stands in the manifest.
 */
export interface HandshakeAnswer {
  readonly protocol: number;
  readonly manifest: string | null;
  readonly bundle: string | null;
  readonly pack: string | null;
}

/** `POST /v1/instrument`. `text` is the source; without it the server answers from what it has, or asks. */
export interface InstrumentRequest {
  readonly service: string;
  readonly file: FileIdentity;
  readonly text?: string;
}

/**
 * Where the answer came from, the thesis' three phases: the woven form was cached; the original was; it lay in
 * the server's own source roots; `sent` came with the request.
 */
export type AvailabilityPhase = 'instrumented' | 'original' | 'classpath' | 'sent';

export type InstrumentAnswer =
  /** `edits` is a `Signed` text of an `EditList`. */
  | { readonly status: 'woven'; readonly phase: AvailabilityPhase; readonly edits: string }
  /** `edits` likewise, of a list for this source that is empty: an unsigned word could switch tracing of a file off. */
  | { readonly status: 'not-marked'; readonly phase: AvailabilityPhase; readonly edits: string }
  /** Send it again with `text`. */
  | { readonly status: 'need-source' }
  /** The weaver refused (syntax error, time limit); the original must run. Cached as well. */
  | { readonly status: 'refused'; readonly reason: string };

/** `POST /v1/has`: the thesis' "does the server contain it", for many at once. */
export interface HasRequest {
  readonly service: string;
  readonly files: readonly FileIdentity[];
}

/** One per file, in order; null: unknown to the server. */
export interface HasAnswer {
  readonly phases: readonly (AvailabilityPhase | null)[];
}
