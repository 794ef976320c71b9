import { applyEdits } from '../../wire/index.js';
import type {
  AvailabilityPhase,
  EditList,
  HasAnswer,
  InstrumentAnswer,
  Manifest,
  ManifestRule,
} from '../../wire/index.js';
import type { IdentifiedFile } from '../files/identify.js';
import { askServer } from './ask-server.js';
import { readConnection } from './connection.js';

export interface ServerQuestion {
  readonly server: string;
  readonly token: string | undefined;
  readonly service: string;
  /** Whether the source may be sent. */
  readonly send: boolean;
  /** Milliseconds that only go forward. */
  clock(): number;
}

/** What a server says of one file. */
export interface ServerView {
  readonly rules: readonly ManifestRule[];
  /** Where it had the file before it was asked; null: nowhere. */
  readonly phaseBefore: AvailabilityPhase | null;
  readonly answer: InstrumentAnswer;
  /** What it took to answer. */
  readonly tookMs: number;
  /** What is woven at which functions; undefined where the server has not looked into the file. */
  readonly probes: EditList['probes'] | undefined;
  /** The woven text of the file; the text itself where nothing is woven. */
  readonly code: string;
}

/** Asks a server about a file. Signatures are for processes to check: nothing that comes is run here. */
export async function viewOfServer(
  { identity, text }: IdentifiedFile,
  { server, token, service, send, clock }: ServerQuestion,
): Promise<ServerView> {
  const address = { ...readConnection(server), token };
  const manifest = await askServer(address, {
    method: 'GET',
    path: `/v1/manifest?service=${encodeURIComponent(service)}`,
  });
  const { rules } = JSON.parse(payloadOf(manifest)) as Manifest;
  const has = await askServer(address, {
    method: 'POST',
    path: '/v1/has',
    body: { service, files: [identity] },
  });
  const startedMs = clock();
  const instrument = async (more: object) => {
    const body = { service, file: identity, ...more };
    return JSON.parse(
      await askServer(address, { method: 'POST', path: '/v1/instrument', body }),
    ) as InstrumentAnswer;
  };
  let answer = await instrument({});
  if (answer.status === 'need-source' && send) answer = await instrument({ text });
  const edits = answer.status === 'woven' ? (JSON.parse(payloadOf(answer.edits)) as EditList) : undefined;
  return {
    rules,
    phaseBefore: (JSON.parse(has) as HasAnswer).phases[0] ?? null,
    answer,
    tookMs: clock() - startedMs,
    probes: edits?.probes ?? (answer.status === 'not-marked' ? [] : undefined),
    code: edits === undefined ? text : applyEdits(text, edits),
  };
}

function payloadOf(signed: string): string {
  return signed.slice(signed.indexOf('\n') + 1);
}
