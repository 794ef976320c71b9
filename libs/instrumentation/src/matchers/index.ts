// How an extension says where.
export {
  any,
  decoratedWith,
  func,
  getter,
  inClass,
  inFile,
  inPackage,
  isMatcher,
  Matcher,
  method,
  subTypeOf,
} from './matcher.js';
export type { FunctionPredicate, MatcherNode } from './node.js';

// How a matcher is asked.
export { evaluate } from './evaluate.js';
export type { Clause, Condition } from './condition.js';
export { explainFile, explainFunction, written } from './explain.js';
export type { Unmet } from './explain.js';
export { fileFilters, filterAdmits } from './file-filters.js';
export { residual, residualKey } from './residual.js';
export type { FilePlace } from './residual.js';

// What a server and the command make of interceptors.
export { editKey, prepareRules, weaveRules } from './prepare-rules.js';
export type { FileRule, FileRules, PreparedRule, PreparedRules } from './prepare-rules.js';
export { createMatchReport } from './match-report.js';
export type { MatchReport, MatchReportRow } from './match-report.js';
