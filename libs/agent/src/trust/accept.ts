import { createHash } from 'node:crypto';
import type { EditList, Manifest, Pack, SignedKind } from '@distrace/instrumentation/wire';
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

/** The pack, when it belongs to the manifest; undefined when it is of other rules, which is no fault. */
export function acceptPack(text: string, manifest: Manifest, open: OpenSigned): Pack | undefined {
  const pack = parsed<Pack>('pack', text, open);
  if (pack.v !== 1 || pack.service !== manifest.service || typeof pack.files !== 'object') {
    throw new AgentError(
      'DT_ERR_AGENT_REFUSED',
      `A pack must be for service ${JSON.stringify(manifest.service)}, got ${JSON.stringify(pack.service)}`,
    );
  }
  return pack.rulesHash === manifest.rulesHash ? pack : undefined;
}

/** The edit list of a signed text. */
export function acceptEdits(text: string, open: OpenSigned): EditList {
  return parsed<EditList>('edits', text, open);
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
    return JSON.parse(open(text, kind)) as T;
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
