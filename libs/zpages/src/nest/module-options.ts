import type { PagesOptions, TracezSpanProcessor } from '../core/index.js';

/** Everything `ZpagesModule.forRoot` takes; all of it optional. */
export interface ZpagesModuleOptions extends PagesOptions {
  /**
   * Where the pages are on the application: one or more segments of letters, digits, `.`, `_`, `~` and `-`. The
   * application's global prefix does not come before it. Default `/zpages`.
   */
  readonly path?: string;
  /**
   * The processor that the application's tracer provider has. Default: whatever `tracezProcessor()` gave to
   * tracer providers of this process.
   */
  readonly processor?: Pick<TracezSpanProcessor, 'aggregator'>;
  /**
   * Pages on a port of their own instead of the application's; 0 for a free one, which the log tells. Default: the
   * application's own, and a free one in an application without HTTP.
   */
  readonly port?: number;
  /** The address of that port, or its host name. Default 127.0.0.1: this machine only. */
  readonly host?: string;
}

/** Injection token of the {@link ZpagesModuleOptions}. */
export const ZPAGES_OPTIONS = Symbol.for('distrace.zpages.options');
