// What a server needs to weave. The package's main entry loads OpenTelemetry and the bundler as well: a fifth of a second.
export { Matcher, prepareRules, weaveRules } from './matchers/index.js';
export type { FileRule, FileRules, MatcherNode, PreparedRules } from './matchers/index.js';
export { weave } from './weaver/index.js';
