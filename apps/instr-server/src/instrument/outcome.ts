import { WEAVER, type EditList, type FileIdentity } from '@distrace/instrumentation/wire';

/** What weaving one source for one set of rules came to. The same for ever, but for `limit`. */
export type Outcome =
  /** `edits` is the JSON of an `EditList`, not signed: servers that share a folder have keys of their own. */
  | {
      readonly status: 'woven';
      readonly edits: string;
      /** Functions that were matched and stay as they are, and why. */
      readonly refused?: readonly string[];
    }
  | { readonly status: 'not-marked' }
  | {
      readonly status: 'refused';
      readonly reason: string;
      /** `limit`: time or memory ran out, which is remembered for a while and not on the disk. */
      readonly kind: 'source' | 'limit';
    };

/** The edits of a file in which nothing is marked, as JSON: signed like any, or whoever sits in between could say so. */
export function noEdits({ source, format }: Pick<FileIdentity, 'source' | 'format'>): string {
  return JSON.stringify({ v: 1, source, format, weaver: WEAVER, edits: [], probes: [] } satisfies EditList);
}

/** For the disk. */
export function encodeOutcome(outcome: Outcome): Buffer {
  return Buffer.from(JSON.stringify(outcome));
}

/** @returns undefined for what another version wrote. */
export function decodeOutcome(bytes: Buffer): Outcome | undefined {
  try {
    const value = JSON.parse(bytes.toString()) as Partial<Record<string, unknown>> | null;
    const status = value?.['status'];
    if (status === 'not-marked') return { status };
    if (status === 'woven' && typeof value?.['edits'] === 'string') {
      const refused = Array.isArray(value['refused']) ? value['refused'].map(String) : [];
      return { status, edits: value['edits'], refused };
    }
    if (status === 'refused' && typeof value?.['reason'] === 'string') {
      return { status, reason: value['reason'], kind: 'source' };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** How many functions each rule matched, by its name. */
export function matchesOf(outcome: Outcome): ReadonlyMap<string, number> {
  const matches = new Map<string, number>();
  if (outcome.status !== 'woven') return matches;
  const { probes } = JSON.parse(outcome.edits) as { probes: { interceptors: string[] }[] };
  for (const { interceptors } of probes) {
    for (const name of interceptors) matches.set(name, (matches.get(name) ?? 0) + 1);
  }
  return matches;
}
