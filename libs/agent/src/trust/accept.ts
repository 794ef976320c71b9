import { createHash } from 'node:crypto';
import { WEAVER } from '@distrace/instrumentation/wire';
import type { EditList, FileIdentity, Manifest, Pack, SignedKind } from '@distrace/instrumentation/wire';
import { AgentError, reasonOf } from '../errors.js';

/** Gives the payload of a signed text whose signature is of a pinned key; throws otherwise. */
export type OpenSigned = (text: string, kind: SignedKind) => string;

export interface ManifestRules {
  readonly open: OpenSigned;
  readonly service: string;
  /** Undefined: whenever; for what is only compared to. */
  readonly nowMs: number | undefined;
  /** Of the manifest accepted last; 0 before the first. */
  readonly lastSerial: number;
  /** The version that this agent's table of fragments is of. */
  readonly weaver: number;
}

/** A clock may be behind the server's by so much. */
const CLOCK_SLACK_MS = 300_000;

/** The manifest, when it may be followed; throws `DT_ERR_AGENT_REFUSED`. */
export function acceptManifest(
  text: string,
  { open, service, nowMs, lastSerial, weaver }: ManifestRules,
): Manifest {
  const manifest = parsed<Manifest>('manifest', text, open);
  const wrong =
    manifest.v !== 1 || !Array.isArray(manifest.rules)
      ? 'one of version 1'
      : manifest.service !== service
        ? `one for service ${JSON.stringify(service)}, got ${JSON.stringify(manifest.service)}`
        : nowMs !== undefined && !(manifest.expiresAtMs > nowMs)
          ? `one that has not expired, got one that did at ${dateOf(manifest.expiresAtMs)}`
          : nowMs !== undefined && manifest.issuedAtMs > nowMs + CLOCK_SLACK_MS
            ? `one that was issued already, got one of ${dateOf(manifest.issuedAtMs)}`
            : !(manifest.serial >= lastSerial)
              ? `none older than the last, ${lastSerial}, got ${manifest.serial}`
              : manifest.weaver !== weaver
                ? `one of weaver ${weaver}, got ${manifest.weaver}; server and agent must be of releases that go together`
                : undefined;
  if (wrong !== undefined) throw new AgentError('DT_ERR_AGENT_REFUSED', `A manifest must be ${wrong}`);
  return manifest;
}

/** The pack, when it belongs to the manifest; undefined when it is of other rules. Throws `DT_ERR_AGENT_PACK`. */
export function acceptPack(text: string, manifest: Manifest, open: OpenSigned): Pack | undefined {
  let pack: Pack;
  try {
    pack = parsed<Pack>('pack', text, open);
  } catch (error) {
    throw new AgentError('DT_ERR_AGENT_PACK', reasonOf(error));
  }
  const isFit =
    pack.v === 1 && typeof pack.files === 'object' && pack.files !== null && !Array.isArray(pack.files);
  if (!isFit)
    throw new AgentError('DT_ERR_AGENT_PACK', 'A pack must be of version 1 with files, got another');
  if (pack.service !== manifest.service) {
    throw new AgentError(
      'DT_ERR_AGENT_PACK',
      `A pack must be for service ${JSON.stringify(manifest.service)}, got ${JSON.stringify(pack.service)}`,
    );
  }
  return pack.rulesHash === manifest.rulesHash ? pack : undefined;
}

/** The edit list of a signed text, when it is for these very bytes; an empty one says that nothing is marked. */
export function acceptEdits(
  text: string,
  { source, format }: Pick<FileIdentity, 'source' | 'format'>,
  open: OpenSigned,
): EditList {
  const list = parsed<EditList>('edits', text, open);
  const wrong =
    list.source !== source || list.format !== format
      ? 'for this source, got those of another'
      : list.v !== 1 || list.weaver !== WEAVER
        ? `of weaver ${WEAVER}, got ${String(list.weaver)}`
        : !Array.isArray(list.edits) || !Array.isArray(list.probes)
          ? 'a list, got another form'
          : undefined;
  if (wrong !== undefined) throw new AgentError('DT_ERR_AGENT_REFUSED', `Edits must be ${wrong}`);
  return list;
}

/** Throws unless the bundle is the one that the manifest names. */
export function checkBundle(text: string | Buffer, manifest: Manifest): void {
  const got = createHash('sha256').update(text).digest('hex');
  if (got === manifest.bundle.sha256) return;
  throw new AgentError(
    'DT_ERR_AGENT_REFUSED',
    `The helper bundle must have the hash ${manifest.bundle.sha256} that the manifest names, got ${got}`,
  );
}

function parsed<T>(kind: SignedKind, text: string, open: OpenSigned): Partial<T> & T {
  try {
    const value = JSON.parse(open(text, kind)) as T | null;
    if (typeof value !== 'object' || value === null) throw new Error('no object');
    return value;
  } catch (error) {
    throw new AgentError(
      'DT_ERR_AGENT_REFUSED',
      `A ${kind} must be signed by a pinned key, got: ${reasonOf(error)}`,
    );
  }
}

function dateOf(ms: unknown): string {
  return typeof ms === 'number' && Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms);
}
