export { ReflectionUtils } from './reflection-utils.js';
export { StackTraceUtils } from './stack-trace-utils.js';
export { StorageUtils } from './storage-utils.js';
export { TransformerUtils } from './transformer-utils.js';
export type { InterceptorMethod, InterceptorMethodsOptions, TraceContextField } from './transformer-utils.js';
