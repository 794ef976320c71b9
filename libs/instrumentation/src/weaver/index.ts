export type { FunctionFacts, FunctionKind } from './facts.js';
export type { RuleAnswer, WeaveRule } from './rule.js';
export { weave } from './weave.js';
export type { Refusal, WeaveOptions, WeaveReport, WeaveResult } from './weave.js';
