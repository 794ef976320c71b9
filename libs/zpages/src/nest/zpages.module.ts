import { ConfigurableModuleBuilder, Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ZPAGES_OPTIONS } from './module-options.js';
import type { ZpagesModuleOptions } from './module-options.js';
import { ZpagesService } from './zpages.service.js';

const { ConfigurableModuleClass, OPTIONS_TYPE } = new ConfigurableModuleBuilder<ZpagesModuleOptions>({
  optionsInjectionToken: ZPAGES_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras({}, (definition) => ({ ...definition, global: true }))
  .build();

/**
 * Shows what the application does now and has done on its own web page: on its HTTP server under `/zpages`, or
 * on a port of its own. Import it once, by `forRoot` or `forRootAsync`.
 *
 * @example
 * createTracing({ spanProcessors: [tracezProcessor()] }); // tracing.ts
 * imports: [ZpagesModule.forRoot()]                       // app.module.ts
 */
@Module({ providers: [ZpagesService], exports: [ZpagesService] })
export class ZpagesModule extends ConfigurableModuleClass {
  /** With no options: the spans that `tracezProcessor()` was given, under `/zpages`. */
  static override forRoot(options: typeof OPTIONS_TYPE = {}): DynamicModule {
    return super.forRoot(options);
  }
}
