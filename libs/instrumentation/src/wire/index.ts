export { applyEdits, unweave } from './apply-edits.js';
export type { Edit, EditList, ModuleFormat, ProbeRecord } from './edit-list.js';
export { checkEdits } from './check-edits.js';
export { WireError } from './errors.js';
export { fileKey } from './file-identity.js';
export type { FileIdentity } from './file-identity.js';
export { createKeyPair, keyId, publicKeyOf, readPrivateKey, readPublicKey } from './keys.js';
export type { KeyPair } from './keys.js';
export type { FileFilter, Manifest, ManifestRule, Pack } from './manifest.js';
export { PROTOCOL } from './messages.js';
export type {
  AgentFacts,
  AvailabilityPhase,
  HandshakeAnswer,
  HandshakeRequest,
  HasAnswer,
  HasRequest,
  InstrumentAnswer,
  InstrumentRequest,
} from './messages.js';
export { packFileText, readPackFile } from './pack-file.js';
export type { PackFileParts } from './pack-file.js';
export { openSigned, signText } from './sign.js';
export type { SignedHeader, SignedKind } from './signed.js';
export { WEAVER } from './version.js';
export { RUNTIME_NAME } from './woven-api.js';
export type { EnteredCall, WovenApi, WovenCall } from './woven-api.js';
