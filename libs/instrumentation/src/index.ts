export type { EditList, ModuleFormat, ProbeRecord } from './wire/index.js';
export type { Advice, Call, InterceptorBody, Replacement } from './runtime/index.js';

// How an extension says where, and what happens there.
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
} from './matchers/index.js';
export type { FunctionPredicate, MatcherNode } from './matchers/index.js';
export {
  defineInterceptor,
  definitionOf,
  Interceptor,
  isInterceptorClass,
  isInterceptorDefinition,
  matchersFromOrchestrion,
} from './interceptor/index.js';
export type {
  AdviceDefinition,
  InterceptorClass,
  InterceptorDefinition,
  OrchestrionConfig,
  OrchestrionMatcher,
  ReplacementDefinition,
} from './interceptor/index.js';

// What servers and the command make of interceptors.
export {
  createMatchReport,
  editKey,
  evaluate,
  fileFilters,
  prepareRules,
  residual,
  residualKey,
  weaveRules,
} from './matchers/index.js';
export type {
  Clause,
  Condition,
  FilePlace,
  FileRule,
  FileRules,
  MatchReport,
  MatchReportRow,
  PreparedRule,
  PreparedRules,
} from './matchers/index.js';
export { applyEdits, checkEdits, unweave } from './wire/index.js';
export { weave } from './weaver/index.js';
export type {
  FunctionFacts,
  FunctionKind,
  Refusal,
  RuleAnswer,
  WeaveOptions,
  WeaveReport,
  WeaveResult,
  WeaveRule,
} from './weaver/index.js';

// How extensions are found.
export { ClassServiceLoader } from './services/index.js';
export type {
  ExtensionPackage,
  ServiceEntry,
  ServiceKind,
  ServiceLoaderOptions,
  Services,
  SpanExporterClass,
} from './services/index.js';

// For unit tests of interceptors.
export { testInterceptor } from './interceptor/index.js';
export type { SeenCall, TestedCode, TestInterceptorOptions } from './interceptor/index.js';

// The thesis' helpers, under its names.
export { ReflectionUtils, StackTraceUtils, StorageUtils, TransformerUtils } from './interceptor/index.js';
export type { InterceptorMethod, InterceptorMethodsOptions, TraceContextField } from './interceptor/index.js';

// What travels to the processes: interceptors, exporters and OpenTelemetry in one text.
export { buildHelperBundle } from './bundle/index.js';
export type { BuiltHelperBundle, HelperBundleOptions } from './bundle/index.js';
