export { ClassServiceLoader } from './class-service-loader.js';
export type { ServiceLoaderOptions, Services, SpanExporterClass } from './class-service-loader.js';
export type { ExtensionPackage } from './package-folder.js';
export type { ServiceEntry, ServiceKind } from './service-kind.js';
