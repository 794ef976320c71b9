export type { Edit, EditList, ModuleFormat, ProbeRecord } from './edit-list.js';
export { fileKey } from './file-identity.js';
export type { FileIdentity } from './file-identity.js';
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
export type { SignedHeader, SignedKind } from './signed.js';
