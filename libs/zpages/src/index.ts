/** zPages in a Nest application. */
export { ZpagesModule } from './nest/zpages.module.js';
export { ZpagesService } from './nest/zpages.service.js';
export type { ZpagesModuleOptions } from './nest/module-options.js';

/** What the application's tracer provider gets. */
export { SpanAggregator, TracezSpanProcessor, tracezProcessor } from './core/index.js';
export type { AggregatorOptions, TracezSpanProcessorOptions } from './core/index.js';

/** What options of the module can be. */
export { ZpagesError } from './core/index.js';
export type { Access, Authorize, PagesOptions, ZPage, ZpagesPages } from './core/index.js';
