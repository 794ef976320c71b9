export type { EditList, ModuleFormat, ProbeRecord } from './wire/index.js';
export type { Advice, Call, InterceptorBody, Replacement } from './runtime/index.js';
