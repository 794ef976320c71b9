// A server as a process.
export { runService } from './run-service.js';
export type { RunServiceOptions, RunningService, ServiceProcess } from './run-service.js';
export { messageOf } from './message-of.js';

// What goes wrong, as an answer.
export { Problem, quoted } from './problem.js';
export type { ProblemOptions } from './problem.js';
export { refuse, unexpected } from './refuse.js';
export type { Refusal, UnexpectedWords } from './refuse.js';

// Who asks, for what, with which body.
export { hostOf, isForeign, isKnownHost, isOwnOrigin } from './who-asks.js';
export { targetOf } from './target.js';
export type { Target } from './target.js';
export { readBytes } from './read-bytes.js';
export type { ReadBytesOptions } from './read-bytes.js';

// Answers.
export { JSON_TYPE, TEXT_TYPE, send } from './answer.js';
export type { Answer, SendOptions } from './answer.js';
export { hasEtag } from './etag.js';
export { ENCODINGS, bestEncoding } from './encodings.js';
export type { Effort, Encoding } from './encodings.js';
export { securityHeaders } from './security-headers.js';

// Numbers.
export { PROMETHEUS_TYPE, toPrometheus } from './prometheus.js';
export type { Metric, Sample } from './prometheus.js';
