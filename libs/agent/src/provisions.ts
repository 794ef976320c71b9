import type { HandshakeAnswer, Manifest, Pack } from '@distrace/instrumentation/wire';
import { AgentError } from './errors.js';
import { sha256 } from './store/kept.js';
import type { Kept } from './store/kept.js';
import { acceptManifest, acceptPack, checkBundle } from './trust/accept.js';
import type { ManifestRules, OpenSigned } from './trust/accept.js';

/** All that a start needs, checked. */
export interface Provisions {
  readonly manifest: Manifest;
  readonly pack: Pack | undefined;
  readonly bundle: string;
  /** The signed texts, for the disk and for the next `have`. */
  readonly texts: { readonly manifest: string; readonly pack: string | undefined };
}

export type TrustRules = Omit<ManifestRules, 'lastSerial'>;

/** What a handshake says is here already. */
export interface Have {
  readonly manifest?: string;
  readonly bundle?: string;
  readonly pack?: string;
}

/** What the disk has that may still be followed or spared; nothing where the signature is of no pinned key. */
export interface KeptTexts {
  readonly manifestText: string | undefined;
  readonly manifest: Manifest | undefined;
  readonly packText: string | undefined;
  readonly bundle: string | undefined;
}

/** Reads the disk. An expired manifest counts here: its serial must not be gone back behind. */
export function readKept(kept: Kept, rules: TrustRules): KeptTexts {
  const manifestText = kept.manifest;
  let manifest: Manifest | undefined;
  try {
    if (manifestText !== undefined) {
      manifest = acceptManifest(manifestText, { ...rules, nowMs: undefined, lastSerial: 0 });
    }
  } catch {
    manifest = undefined;
  }
  if (manifest === undefined) {
    return { manifestText: undefined, manifest, packText: undefined, bundle: undefined };
  }
  return { manifestText, manifest, packText: kept.pack, bundle: kept.bundle(manifest.bundle.sha256) };
}

/** The same of what is followed now. */
export function textsOf({ manifest, bundle, texts }: Provisions): KeptTexts {
  return { manifestText: texts.manifest, manifest, packText: texts.pack, bundle };
}

export function haveOf({ manifestText, manifest, packText, bundle }: KeptTexts): Have {
  return {
    ...(manifestText === undefined ? {} : { manifest: sha256(manifestText) }),
    ...(packText === undefined ? {} : { pack: sha256(packText) }),
    ...(bundle === undefined || manifest === undefined ? {} : { bundle: manifest.bundle.sha256 }),
  };
}

export interface ProvisionsOptions {
  /** On the disk, by its hash. */
  readonly bundleOf: (hash: string) => string | undefined;
  /** Told of a pack that came and must not be followed; undefined: there is nobody to ask instead, so that throws. */
  readonly refusePack: ((text: string, error: unknown) => void) | undefined;
}

/** Joins an answer with what the disk had; throws `DT_ERR_AGENT_REFUSED` for anything but packs that is not as signed. */
export function provisionsFrom(
  answer: HandshakeAnswer,
  here: KeptTexts,
  rules: TrustRules,
  { bundleOf, refusePack }: ProvisionsOptions,
): Provisions {
  const manifestText = answer.manifest ?? here.manifestText;
  if (manifestText === undefined)
    throw new AgentError('DT_ERR_AGENT_REFUSED', 'An answer must hold a manifest, got none');
  const manifest = acceptManifest(manifestText, { ...rules, lastSerial: here.manifest?.serial ?? 0 });
  const bundle = answer.bundle ?? here.bundle ?? bundleOf(manifest.bundle.sha256);
  if (bundle === undefined)
    throw new AgentError('DT_ERR_AGENT_REFUSED', 'An answer must hold a helper bundle, got none');
  if (bundle !== here.bundle || here.manifest?.bundle.sha256 !== manifest.bundle.sha256)
    checkBundle(bundle, manifest);
  const kept = { pack: undefined, text: here.packText };
  const { pack, text } =
    packOf(answer.pack, manifest, rules.open, refusePack) ??
    packOf(here.packText, manifest, rules.open, () => undefined) ??
    kept;
  return { manifest, bundle, pack, texts: { manifest: manifestText, pack: text } };
}

/** Undefined where there is no text, and where it is refused. */
function packOf(
  text: string | null | undefined,
  manifest: Manifest,
  open: OpenSigned,
  refuse: ((text: string, error: unknown) => void) | undefined,
): { readonly pack: Pack | undefined; readonly text: string } | undefined {
  if (text === null || text === undefined) return undefined;
  try {
    return { pack: acceptPack(text, manifest, open), text };
  } catch (error) {
    if (refuse === undefined) throw error;
    refuse(text, error);
    return undefined;
  }
}

/** Keeps what is new. */
export function keep(kept: Kept, { manifest, bundle, texts }: Provisions, before: KeptTexts): void {
  if (bundle !== before.bundle) kept.keepBundle(manifest.bundle.sha256, bundle);
  if (texts.pack !== undefined && texts.pack !== before.packText) kept.pack = texts.pack;
  // Last: it names the bundle.
  if (texts.manifest !== before.manifestText) kept.manifest = texts.manifest;
}
